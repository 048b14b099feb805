// What happened, as lines for `argus heal submit`: one {"failure": …} or {"outcome": …} each.
'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const LARGEST = 64 * 2 ** 20; // bytes of a file; what would be more is left out
const MESSAGE = 8000; // characters of an error's text
const DOM = 512 * 1024; // characters of a page

/** Adds one line to a file, to which several processes may add; what is `null` is left out. */
function add(/** @type {string | null} */ file, /** @type {'failure' | 'outcome'} */ kind, /** @type {object} */ told) {
  if (file === null) return;
  const present = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null && value !== undefined));
  const line = `${JSON.stringify({ [kind]: present })}\n`;
  const size = fs.existsSync(file) ? fs.statSync(file).size : 0;
  if (size + Buffer.byteLength(line) > LARGEST) {
    console.warn(`argus: ${file} is full: submit it, then remove it`);
    return;
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.appendFileSync(file, line, { mode: 0o600 });
}

/** The same for the same parts. */
function identity(/** @type {any[]} */ ...parts) {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** An error's text without colours, and without what stands in fields of the page. */
function plain(/** @type {string} */ message) {
  const told = message.replace(/\x1b\[[0-9;]*m/g, '');
  return told.replace(/\bvalue=("[^"]*"|'[^']*'|\S+)/g, 'value="***"').slice(0, MESSAGE); // of elements that it shows
}

module.exports = { DOM, add, identity, plain };
