// The repairs that are known: what `argus heal export` has written.
'use strict';

const fs = require('node:fs');
const { key, read } = require('./chains');

/** @typedef {import('./chains').Call} Call */
/** @typedef {{ locator: string, healed: string, scope: string, failure: string, verdict: string, confidence: number,
 *    reason: string, decision_id: string, chain: Call[] }} Repair */

const LARGEST = 64 * 2 ** 20; // bytes of a file
const KINDS = ['not_found', 'ambiguous'];
const UNDECIDED = 'unknown'; // an outcome without any decision would count as a person's own repair
const VERDICTS = ['apply', 'validate'];

class Repairs {
  constructor(/** @type {string} */ project, /** @type {Map<string, Repair>} */ known) {
    this.project = project;
    this.known = known;
  }

  /** The one repair that may be tried. @param {Call[]} chain @returns {Repair | null} */
  find(chain, /** @type {string} */ scope, /** @type {string} */ kind, /** @type {string} */ mode) {
    const repair = this.known.get(place(chain, scope, kind));
    if (!repair || mode === 'off' || (mode === 'apply' && repair.verdict !== 'apply')) return null;
    return repair;
  }

  /** Whether one may be tried however the locator fails. @param {Call[]} chain */
  knows(chain, /** @type {string} */ scope, /** @type {string} */ mode) {
    return KINDS.some((kind) => this.find(chain, scope, kind, mode));
  }
}

/** The repairs in a file, none where there is no file. Of several for the same locator the surest counts. */
function load(/** @type {string | null} */ file) {
  if (!file || !fs.existsSync(file)) return new Repairs('', new Map());
  if (fs.statSync(file).size > LARGEST) throw new Error(`${file}: more than ${LARGEST} bytes`);
  const told = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (!Array.isArray(told?.repairs)) throw new Error(`${file}: no file of known repairs: it has no list \`repairs\``);
  const known = new Map();
  for (const entry of told.repairs) {
    const found = read_(entry);
    const before = found && known.get(found.at);
    if (found && (!before || isSurer(found.repair, before))) known.set(found.at, found.repair);
  }
  return new Repairs(typeof told.project === 'string' ? told.project : '', known);
}

function isSurer(/** @type {Repair} */ one, /** @type {Repair} */ other) {
  const apart = VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict);
  return apart < 0 || (apart === 0 && one.confidence > other.confidence);
}

/** One entry; null where it can not be used, such as one in another language. */
function read_(/** @type {any} */ told) {
  if (!told || !VERDICTS.includes(told.verdict) || !KINDS.includes(told.failure)) return null;
  const { locator, healed, scope, failure, verdict } = told;
  if (![locator, healed, scope].every((text) => typeof text === 'string')) return null;
  try {
    const repair = {
      locator, healed, scope, failure, verdict,
      confidence: Number(told.confidence) || 0,
      reason: String(told.reason ?? ''),
      decision_id: typeof told.decision_id === 'string' ? told.decision_id : UNDECIDED,
      chain: read(healed),
    };
    return { at: place(read(locator), scope, failure), repair };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function place(/** @type {Call[]} */ chain, /** @type {string} */ scope, /** @type {string} */ kind) {
  return JSON.stringify([key(chain), scope, kind]);
}

module.exports = { Repairs, load };
