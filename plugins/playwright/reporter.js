// What the run says in the end: nobody is to overlook a test that passed with another locator than it names.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { patch } = require('./patches');
const { load } = require('./repairs');
const { run } = require('./runs');
const { settings } = require('./settings');

class ArgusReporter {
  constructor() {
    /** @type {Map<string, string[]>} */
    this.lines = new Map();
    /** @type {Map<string, import('./patches').Edit[]>} */
    this.edits = new Map();
    /** Files that tests add to, and what each had before. @type {Map<string, { before: number, project: string }>} */
    this.reports = new Map();
    process.env.ARGUS_RUN ||= run(); // the same for all workers, which inherit it
  }

  printsToStdio() {
    return false; // the configured reporter tells about the tests
  }

  onBegin(/** @type {any} */ config) {
    const missing = new Set();
    for (const { use } of config.projects) {
      const { mode, report, repairs } = settings(use.argus ?? {}, config);
      if (mode !== 'off' && repairs && !fs.existsSync(repairs)) missing.add(shown(repairs));
      if (report) this.reports.set(report, { before: sizeOf(report), project: load(repairs).project || 'PROJECT' });
    }
    for (const file of missing) console.warn(`argus: there is no ${file}: argus heal export --project PROJECT > ${file}`);
  }

  onTestEnd(/** @type {any} */ test, /** @type {any} */ result) {
    const told = (result.annotations || test.annotations).filter((/** @type {any} */ each) => each.type === 'argus');
    if (told.length) this.lines.set(test.titlePath().filter(Boolean).join(' › '), told.map((/** @type {any} */ each) => each.description));
    for (const { name, body } of result.attachments) {
      if (name !== 'argus-edits' || !body) continue;
      const { root, edits } = JSON.parse(body.toString());
      this.edits.set(root, [...(this.edits.get(root) || []), ...edits]);
    }
  }

  onEnd() {
    for (const [file, { before, project }] of this.reports) {
      if (sizeOf(file) <= before) continue;
      console.log(`\nargus: what happened is in ${shown(file)}; next: argus heal submit --project ${project} ${shown(file)}`);
    }
    if (!this.lines.size) return;
    console.log('\nargus: locators that broke');
    for (const [test, lines] of this.lines) console.log([`  ${test}`, ...lines].join('\n    '));
    for (const [root, edits] of this.edits) {
      const { diff, left } = patch(edits, (file) => linesOf(path.resolve(root, file)));
      for (const { file, line, locator, healed } of left) console.log(`  ${file}:${line} does not hold ${locator}: put ${healed} by hand`);
      if (diff) console.log(`\n${diff}`);
    }
  }
}

/** Bytes of a file that may not be there yet. */
function sizeOf(/** @type {string} */ file) {
  return fs.existsSync(file) ? fs.statSync(file).size : 0;
}

/** A file as a command is given it. */
function shown(/** @type {string} */ file) {
  const told = path.relative('', file);
  return told.startsWith('..') ? file : told;
}

/** A file's lines with their ends. */
function linesOf(/** @type {string} */ file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split(/(?<=\n)/) : [];
}

module.exports = ArgusReporter;
