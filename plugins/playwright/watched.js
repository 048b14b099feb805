// Playwright's pages and locators, with known repairs.
// Only what a test does is repaired. What it reads it is going to judge by, and an assertion never asks this module: it
// takes the locator as it is.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { LOCATING, located, written } = require('./chains');
const { caller } = require('./places');
const { DOM } = require('./reports');

/** @typedef {import('./chains').Call} Call */
/** @typedef {InstanceType<typeof import('./watch').Watch>} Watch */
/** @typedef {import('./watch').Trouble} Trouble */

const ACTIONS = new Set([
  'blur', 'check', 'clear', 'click', 'dblclick', 'dispatchEvent', 'dragTo', 'fill', 'focus', 'hover', 'press',
  'pressSequentially', 'scrollIntoViewIfNeeded', 'selectOption', 'selectText', 'setChecked', 'setInputFiles', 'tap',
  'type', 'uncheck',
]);
const READS = new Set(['boundingBox', 'evaluate', 'getAttribute', 'innerHTML', 'innerText', 'inputValue', 'textContent']);
const STANDS_FOR = Symbol('what it stands for');

/** @typedef {{ real: any, page: any, chain: Call[], place: import('./places').Place | null, watch: Watch }} Handle
 *    a page or locator, and where it is written */

/** A page, all of whose locators are watched. */
function watched(/** @type {any} */ page, /** @type {Watch} */ watch) {
  return standIn({ real: page, page, chain: [], place: null, watch });
}

/** All but locating and acting goes to the one that it stands for. @param {Handle} handle */
function standIn(handle) {
  const { real, chain } = handle;
  return new Proxy(real, {
    get(_, name) {
      if (name === STANDS_FOR) return handle;
      const value = Reflect.get(real, name, real);
      if (typeof value !== 'function' || name === 'constructor') return value;
      if (LOCATING.has(String(name))) return (/** @type {any[]} */ ...args) => next(handle, String(name), args);
      if (ACTIONS.has(String(name)) || (READS.has(String(name)) && chain.length)) {
        return (/** @type {any[]} */ ...args) => act(handle, String(name), args);
      }
      return value.bind(real);
    },
  });
}

function next(/** @type {Handle} */ handle, /** @type {string} */ name, /** @type {any[]} */ args) {
  const chain = [...handle.chain, { name, args: args.map(named) }];
  return standIn({ ...handle, real: handle.real[name](...args), chain, place: caller() });
}

/** An argument as part of a chain. @returns {any} */
function named(/** @type {any} */ value) {
  if (value === null || typeof value !== 'object' || value instanceof RegExp) return value;
  if (value[STANDS_FOR]) return { chain: value[STANDS_FOR].chain };
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, named(each)]));
}

/** One action or look of a test. */
function act(/** @type {Handle} */ handle, /** @type {string} */ name, /** @type {any[]} */ args) {
  const call = () => handle.real[name](...args);
  if (handle.chain.length) return new Attempt(handle, name, args, call).made();
  if (typeof args[0] !== 'string') return call();
  const [selector, ...rest] = args; // of a page: page.click('#save') takes the first of several
  const chain = [{ name: 'locator', args: [selector] }];
  const one = { ...handle, real: handle.page.locator(selector).first(), chain, place: caller() };
  return new Attempt(one, name, rest, call).made();
}

/** One action or look, with the repair that is known for its locator. */
class Attempt {
  /** @param {Handle} handle @param {string} name @param {any[]} args @param {() => Promise<any>} call */
  constructor(handle, name, args, call) {
    this.handle = handle;
    this.name = name;
    this.args = args;
    this.call = call;
    this.locator = written(handle.chain);
    this.scope = handle.watch.scope(handle.page.url());
    /** What looked broken before its time was up. @type {Trouble | null} */
    this.early = null;
    this.mends = ACTIONS.has(name) && handle.watch.knows(handle.chain, this.scope);
  }

  async made() {
    const { watch } = this.handle;
    await this.look();
    if (this.mends && this.isUnlimited() && (await this.isMendedEarly())) return undefined;
    const late = () => this.late();
    watch.waiting.add(late);
    try {
      const done = await this.call();
      if (this.early) watch.forget(this.early);
      await this.look();
      return done;
    } catch (error) {
      const trouble = watch.waiting.has(late) ? await this.trouble(error) : null;
      if (trouble && (await this.isMended(trouble))) return undefined;
      if (trouble) await this.tell(trouble);
      throw shown(error);
    } finally {
      watch.waiting.delete(late);
    }
  }

  /** Whether nothing but the end of the test would end it. */
  isUnlimited() {
    return this.handle.watch.patience > 0 && !this.args.some((value) => value && typeof value === 'object' && 'timeout' in value);
  }

  /** Whether a known repair takes the place of a locator that is not there in some seconds. */
  async isMendedEarly() {
    try {
      await this.handle.real.waitFor({ state: 'attached', timeout: this.handle.watch.patience });
      return false;
    } catch (error) {
      this.early = await this.trouble(error);
      return this.early !== null && this.isMended(this.early);
    }
  }

  /** How the locator failed; null = it did not: what it found was hidden, disabled or slow. @returns {Promise<Trouble | null>} */
  async trouble(/** @type {any} */ error) {
    const text = String(error?.message);
    const missed = error?.name === 'TimeoutError' && text.includes('waiting for') && !text.includes('resolved to');
    if (text.includes('strict mode violation')) return this.broken('ambiguous', error);
    return missed && (await quiet(() => this.handle.real.count())) === 0 ? this.broken('not_found', error) : null;
  }

  /** @returns {Trouble} */
  broken(/** @type {'not_found' | 'ambiguous'} */ kind, /** @type {Error} */ error) {
    const { chain, place, page } = this.handle;
    return { kind, chain, locator: this.locator, scope: this.scope, url: page.url(), place, error };
  }

  /** Whether the test goes on with a known repair; tried once. */
  async isMended(/** @type {Trouble} */ trouble) {
    const { page, watch } = this.handle;
    const repair = this.mends ? watch.repair(trouble) : null;
    this.mends = false;
    if (!repair) return false;
    if ((await page.evaluate('document.readyState')) !== 'complete') return watch.left(repair, 'the page was still loading');
    const target = located(page, repair.chain);
    const matches = await target.count();
    if (matches === 1 && !((await target.isVisible()) && (await target.isEnabled()))) {
      return watch.left(repair, 'it is hidden or disabled');
    }
    return watch.tried(trouble, repair, matches === 1 && (await works(() => target[this.name](...this.args))));
  }

  /** The time of the test is up, and the locator is still waited for. */
  async late() {
    const error = new Error(`the test was over while it waited for ${this.locator}`);
    if ((await quiet(() => this.handle.real.count())) === 0) await this.tell(this.broken('not_found', error));
  }

  async tell(/** @type {Trouble} */ trouble) {
    const { page, watch } = this.handle;
    watch.failed(trouble, await quiet(() => page.evaluate(script('snapshot.js'), DOM)));
  }

  /** Remember what the locator finds, where that is news and the page is still the same. */
  async look() {
    const { page, real, watch } = this.handle;
    if (this.scope !== watch.scope(page.url())) return;
    await watch.found(this.scope, this.locator, () => quiet(() => real.evaluateAll(script('element.js'))));
  }
}

/** An error that leads people to their own line, not to this plugin's. */
function shown(/** @type {any} */ error) {
  if (typeof error?.stack === 'string') {
    error.stack = error.stack.split('\n').filter((/** @type {string} */ line) => !line.includes(__dirname)).join('\n');
  }
  return error;
}

async function works(/** @type {() => Promise<any>} */ action) {
  try {
    await action();
    return true;
  } catch {
    return false;
  }
}

/** What a look at the page tells; a page that can not be looked at is no reason to fail. @returns {Promise<any>} */
async function quiet(/** @type {() => Promise<any>} */ look) {
  try {
    return await look();
  } catch {
    return null;
  }
}

/** The function that a file holds, to be evaluated in the page. @type {Map<string, any>} */
const scripts = new Map();
function script(/** @type {string} */ name) {
  if (!scripts.has(name)) scripts.set(name, vm.runInThisContext(fs.readFileSync(path.join(__dirname, 'page', name), 'utf8')));
  return scripts.get(name);
}

module.exports = { watched };
