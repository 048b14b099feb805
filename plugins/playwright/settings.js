// What is set of the plugin, with its defaults: the same for the tests and for the reporter.
'use strict';

const path = require('node:path');

const MODES = ['off', 'apply', 'validate'];
const PATIENCE = 5000; // ms

/** Files are looked for from the folder of the configuration; `''` is none. */
function settings(/** @type {import('.').ArgusOptions} */ options, /** @type {any} */ config) {
  const mode = options.heal ?? 'off';
  if (!MODES.includes(mode)) throw new Error(`argus.heal is ${mode}; it may be off, apply or validate`);
  const root = config.configFile ? path.dirname(config.configFile) : config.rootDir;
  const file = (/** @type {string} */ told) => (told ? path.resolve(root, told) : null);
  return {
    root, mode, strict: options.strict ?? false, patience: options.patience ?? PATIENCE,
    report: file(options.report ?? 'argus-heals.ndjson'),
    repairs: file(options.repairs ?? 'argus-heals.json'),
    elements: file(options.elements ?? '.argus/elements.json'),
    release: options.release ?? null,
  };
}

module.exports = { settings };
