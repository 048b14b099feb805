// Where in the tests' code a locator is written.
'use strict';

const path = require('node:path');
const { fileURLToPath } = require('node:url');

const FRAME = /(?:\(|at )((?:file:\/\/)?[^()]+):(\d+):\d+\)?$/;

/** @typedef {{ file: string, line: number }} Place  a line of a file, from 1 */

/** The line of the code that called this plugin. @returns {Place | null} */
function caller() {
  for (const line of (new Error().stack || '').split('\n')) {
    const found = FRAME.exec(line.trim());
    if (!found) continue;
    const file = found[1].startsWith('file:') ? fileURLToPath(found[1]) : found[1];
    const ours = path.dirname(file) === __dirname || file.startsWith('node:') || file.includes(`${path.sep}node_modules${path.sep}`);
    if (!ours) return { file, line: Number(found[2]) };
  }
  return null;
}

module.exports = { caller };
