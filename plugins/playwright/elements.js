// What locators found when they last worked: a file to commit or to cache, as a lock file is.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const MOST = 2000; // elements of a file
const LARGEST = 16 * 2 ** 20; // bytes of a file
const LAYOUT = ['location', 'area', 'shape', 'neighborText'];
const TRIES = 50; // to get a file's turn, a tenth of a second apart

/** @typedef {Record<string, Record<string, object>>} Known  by scope and locator */

class Elements {
  constructor(/** @type {string | null} */ file) {
    this.file = file;
    /** @type {Known} */
    this.before = file ? readKnown(file) : named();
    /** @type {Known} */
    this.seen = named();
  }

  /** Whether it is worth a look at the page: once in a run. */
  lacks(/** @type {string} */ scope, /** @type {string} */ locator) {
    return this.file !== null && !this.seen[scope]?.[locator];
  }

  note(/** @type {string} */ scope, /** @type {string} */ locator, /** @type {object} */ element) {
    (this.seen[scope] ||= named())[locator] = element;
  }

  /** What the locator found when it last worked. */
  last(/** @type {string} */ scope, /** @type {string} */ locator) {
    return this.seen[scope]?.[locator] || this.before[scope]?.[locator];
  }

  /** Put what is new into the file, beside what others have put there meanwhile; no more than `MOST`. */
  save() {
    const { file } = this;
    if (file === null || !Object.keys(this.seen).length) return;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    inTurn(`${file.replace(/\.[^.]*$/, '')}.lock`, () => {
      const known = readKnown(file);
      let room = MOST - Object.values(known).reduce((sum, found) => sum + Object.keys(found).length, 0);
      for (const [scope, found] of Object.entries(sorted(this.seen))) {
        for (const [locator, element] of Object.entries(found)) {
          const before = known[scope]?.[locator];
          if (before ? lasting(before) === lasting(element) : room <= 0) continue;
          (known[scope] ||= named())[locator] = element;
          room -= before ? 0 : 1;
        }
      }
      write(file, known);
    });
  }
}

/** What is the same on each machine: fonts alone move an element, and the file would change with each run. */
function lasting(/** @type {object} */ element) {
  return JSON.stringify(sorted(Object.fromEntries(Object.entries(element).filter(([name]) => !LAYOUT.includes(name)))));
}

/** A file that is none, or damaged, is as good as an empty one: it is written anew by the next run. @returns {Known} */
function readKnown(/** @type {string} */ file) {
  try {
    const told = fs.statSync(file).size <= LARGEST ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
    const usable = Object.entries(told || {}).filter(([, found]) => found && typeof found === 'object');
    return named(usable.map(([scope, found]) => [scope, named(Object.entries(found))]));
  } catch {
    return named();
  }
}

/** An object whose names are strangers': `__proto__` is one like any other. @returns {any} */
function named(/** @type {[string, any][]} */ entries = []) {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

function write(/** @type {string} */ file, /** @type {Known} */ known) {
  const text = `${JSON.stringify(sorted(known), null, 1)}\n`;
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) return;
  const fresh = `${file}.${process.pid}.new`;
  fs.writeFileSync(fresh, text);
  fs.renameSync(fresh, file);
}

/** The same, in the order of its names. @returns {any} */
function sorted(/** @type {any} */ value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/** One process after the other; a turn that never ends, as its process was killed, is taken after some seconds. */
function inTurn(/** @type {string} */ lock, /** @type {() => void} */ work) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      fs.mkdirSync(lock);
      break;
    } catch (error) {
      if (/** @type {any} */ (error).code !== 'EEXIST') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
  try {
    work();
  } finally {
    fs.rmSync(lock, { recursive: true, force: true });
  }
}

module.exports = { Elements };
