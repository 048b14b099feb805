// One test that is watched: which of its locators broke, and what was done about it.
'use strict';

const path = require('node:path');
const { add, identity, plain } = require('./reports');
const { scopeOf } = require('./scopes');

/** @typedef {import('./chains').Call} Call */
/** @typedef {import('./places').Place} Place */
/** @typedef {import('./repairs').Repair} Repair */
/** @typedef {{ kind: 'not_found' | 'ambiguous', chain: Call[], locator: string, scope: string, url: string,
 *    place: Place | null, error: Error }} Trouble  a locator that found nothing, or too much */
/** @typedef {{ root: string, run: string, mode: string, strict: boolean, patience: number, report: string | null,
 *    repairs: InstanceType<typeof import('./repairs').Repairs>, elements: InstanceType<typeof import('./elements').Elements>,
 *    release: string | null, commit: string | null }} Run  what all tests of a run have in common */
/** @typedef {{ test: string, browser: string | null, component: string | null }} Test */
/** @typedef {{ trouble: Trouble, repair: Repair, worked: boolean }} Heal */

class Watch {
  constructor(/** @type {Run} */ run, /** @type {Test} */ test, /** ms; 0 = actions have a limit of their own */ patience = 0) {
    this.run = run;
    this.test = test;
    this.patience = patience;
    /** @type {Heal[]} */
    this.heals = [];
    /** @type {string[]} */
    this.notes = [];
    /** What still waits for its locator: when the time of a test is up, nothing else tells of it. @type {Set<() => Promise<void>>} */
    this.waiting = new Set();
  }

  /** Page or component. */
  scope(/** @type {string} */ url) {
    return this.test.component ?? scopeOf(url);
  }

  knows(/** @type {Call[]} */ chain, /** @type {string} */ scope) {
    return this.run.repairs.knows(chain, scope, this.run.mode);
  }

  /** The repair that may be tried for it, if any. */
  repair(/** @type {Trouble} */ { chain, scope, kind }) {
    return this.run.repairs.find(chain, scope, kind, this.run.mode);
  }

  /** A repair was tried; whether the test went on with it. */
  tried(/** @type {Trouble} */ trouble, /** @type {Repair} */ repair, /** @type {boolean} */ worked) {
    this.heals.push({ trouble, repair, worked });
    return worked;
  }

  /** It was none: what was looked for came late. */
  forget(/** @type {Trouble} */ trouble) {
    this.heals = this.heals.filter((heal) => heal.trouble !== trouble);
  }

  /** A repair was not tried. */
  left(/** @type {Repair} */ repair, /** @type {string} */ why) {
    this.notes.push(`${repair.healed} was not used: ${why}`);
    return false;
  }

  /** The locator stays broken. */
  failed(/** @type {Trouble} */ trouble, /** @type {string | null} */ dom) {
    const { run, test } = this;
    const { kind, locator, scope, url, place, error } = trouble;
    add(run.report, 'failure', {
      test: test.test, framework: 'playwright', status: 'error', browser: test.browser,
      file: place && this.file(place), line: place && place.line, type: error.name, message: plain(error.message),
      url: url || null, release: run.release, commit: run.commit, occurred_at: Date.now(),
      vendor_id: identity(run.run, test.test, test.browser, locator, scope, kind, place && place.line),
      failure: kind, locator, scope, dom, element: run.elements.last(scope, locator),
    });
  }

  /** A locator works; the page is looked at where that is news. @param {() => Promise<object | null>} look */
  async found(/** @type {string} */ scope, /** @type {string} */ locator, look) {
    if (!this.run.elements.lacks(scope, locator)) return;
    const element = await look();
    if (element) this.run.elements.note(scope, locator, element);
  }

  /** The test is over; the edits that what worked would make. Of a heal after which it failed nothing is told: who
   *  knows which of the two was wrong? */
  close(/** @type {boolean} */ passed) {
    const edits = [];
    for (const heal of this.heals) {
      const { trouble, repair, worked } = heal;
      if (worked && !passed) {
        this.notes.push(`not told, as the test failed afterwards: ${repair.healed}`);
        continue;
      }
      add(this.run.report, 'outcome', this.outcome(heal));
      const { place, locator } = trouble;
      if (worked && place) edits.push({ file: this.file(place), line: place.line, locator, healed: repair.healed });
    }
    return edits;
  }

  /** Heals that are to be validated. */
  unsure() {
    return this.heals.filter((heal) => heal.worked && heal.repair.verdict === 'validate').map(line);
  }

  /** What was done, for people. */
  lines() {
    return [...this.heals.map(line), ...this.notes];
  }

  /** A file as people name it: from the root of the tests. */
  file(/** @type {Place} */ place) {
    const told = path.relative(this.run.root, place.file);
    return (told.startsWith('..') ? place.file : told).split(path.sep).join('/');
  }

  outcome(/** @type {Heal} */ { trouble, repair, worked }) {
    const { run, test } = this;
    const { locator, healed, scope, failure } = repair;
    return {
      project: run.repairs.project,
      outcome_id: identity(run.run, test.test, test.browser, locator, scope, failure, healed, worked),
      locator, healed, worked, scope, failure, test: test.test, file: trouble.place && this.file(trouble.place),
      decision_id: repair.decision_id, release: run.release, by: 'playwright', at: Date.now(),
    };
  }
}

function line(/** @type {Heal} */ { trouble, repair, worked }) {
  const why = repair.reason ? `: ${repair.reason}` : '';
  const state = worked ? 'went on with' : 'could not go on with';
  return `${trouble.locator} ${state} ${repair.healed} (${repair.verdict}, ${repair.confidence.toFixed(2)}${why})`;
}

module.exports = { Watch };
