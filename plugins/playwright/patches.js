// The lines that repairs would change, as a unified diff that `git apply` and `patch` take.
'use strict';

const { key, read, written, writtenValue } = require('./chains');

/** @typedef {import('./chains').Call} Call */
/** @typedef {{ file: string, line: number, locator: string, healed: string }} Edit  `file` from the root of the tests */

const TOKEN = /'(?:[^'\\]|\\.)*'|[\w$]+|\S/g;
const CONTEXT = 3; // lines around a change

/**
 * What edits change, and the edits that are not in it, as their line does not hold the locator.
 * @param {Edit[]} edits @param {(file: string) => string[]} linesOf a file's lines with their ends, none where it is not
 */
function patch(edits, linesOf) {
  const told = [...new Map(edits.map((edit) => [JSON.stringify([edit.file, edit.line, edit.locator, edit.healed]), edit])).values()];
  const left = [];
  let diff = '';
  for (const file of [...new Set(told.map((edit) => edit.file))].sort()) {
    const before = linesOf(file);
    const after = [...before];
    for (const edit of told.filter((each) => each.file === file).sort((one, other) => one.line - other.line)) {
      const line = edit.line > 0 && edit.line <= after.length ? edited(after[edit.line - 1], edit) : null;
      if (line === null) left.push(edit);
      else after[edit.line - 1] = line;
    }
    diff += difference(file, before, after);
  }
  return { diff, left };
}

/** The line with the healed locator; null where it does not hold the broken one exactly once. @returns {string | null} */
function edited(/** @type {string} */ line, /** @type {Edit} */ edit) {
  const [old, fresh] = [chainOf(edit.locator), chainOf(edit.healed)];
  if (!old || !fresh) return null;
  for (let shared = 0; shared <= common(old, fresh); shared += 1) {
    const found = matches(line, written(old.slice(shared), ''));
    if (found.length === 1) return replaced(line, found[0], (quote) => written(fresh.slice(shared), '', quote));
  }
  const [selector, other] = [selectorOf(old), selectorOf(fresh)];
  const found = selector !== null && other !== null ? matches(line, writtenValue(selector)) : [];
  return found.length === 1 ? replaced(line, found[0], (quote) => writtenValue(other, quote)) : null;
}

function chainOf(/** @type {string} */ text) {
  try {
    return read(text);
  } catch {
    return null;
  }
}

/** The selector that is the whole locator, as in page.click('#save'). @returns {string | null} */
function selectorOf(/** @type {Call[]} */ chain) {
  const [{ name, args }] = chain;
  return chain.length === 1 && name === 'locator' && args.length === 1 && typeof args[0] === 'string' ? args[0] : null;
}

/** How many calls both begin with; one of each is left. */
function common(/** @type {Call[]} */ old, /** @type {Call[]} */ fresh) {
  const most = Math.min(old.length, fresh.length) - 1;
  let at = 0;
  while (at < most && key([old[at]]) === key([fresh[at]])) at += 1;
  return at;
}

/** Where a text stands in a line, however it is spaced and quoted. */
function matches(/** @type {string} */ line, /** @type {string} */ text) {
  const parts = (text.match(TOKEN) || []).map(loose);
  return [...line.matchAll(new RegExp(`(?<![\\w$])${parts.join('\\s*')}`, 'g'))];
}

function loose(/** @type {string} */ part) {
  const literal = (/** @type {string} */ one) => one.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  if (part === ')' || part === '}') return `,?\\s*${literal(part)}`;
  if (!part.startsWith("'")) return literal(part);
  const inner = part.slice(1, -1).replaceAll("\\'", "'");
  return `(?:${["'", '"', '`'].map((quote) => literal(quote + inner.replaceAll(quote, `\\${quote}`) + quote)).join('|')})`;
}

function replaced(/** @type {string} */ line, /** @type {RegExpMatchArray} */ found, /** @type {(quote: string) => string} */ write) {
  const quote = found[0].includes('"') && !found[0].includes("'") ? '"' : "'";
  const at = found.index || 0;
  return line.slice(0, at) + write(quote) + line.slice(at + found[0].length);
}

/** Lines changed in their place, as a unified diff. */
function difference(/** @type {string} */ file, /** @type {string[]} */ before, /** @type {string[]} */ after) {
  const changed = before.map((_, at) => at).filter((at) => before[at] !== after[at]);
  let diff = changed.length ? `--- a/${file}\n+++ b/${file}\n` : '';
  for (const [first, last] of hunks(changed)) {
    const start = Math.max(0, first - CONTEXT);
    const end = Math.min(before.length, last + CONTEXT + 1);
    diff += `@@ -${start + 1},${end - start} +${start + 1},${end - start} @@\n`;
    for (let at = start; at < end; at += 1) {
      if (before[at] === after[at]) diff += ended(` ${before[at]}`);
      else diff += ended(`-${before[at]}`) + ended(`+${after[at]}`);
    }
  }
  return diff;
}

/** Changed lines that stand so near that they are told together, as first and last. */
function hunks(/** @type {number[]} */ changed) {
  /** @type {[number, number][]} */
  const told = [];
  for (const at of changed) {
    const last = told.at(-1);
    if (last && at - last[1] <= 2 * CONTEXT) last[1] = at;
    else told.push([at, at]);
  }
  return told;
}

function ended(/** @type {string} */ line) {
  return line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`;
}

module.exports = { edited, patch };
