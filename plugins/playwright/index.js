// Playwright's `test`, whose `page` goes on with known repairs where a locator is broken.
'use strict';

const playwright = require('@playwright/test');
const { Elements } = require('./elements');
const { load } = require('./repairs');
const { commit, run } = require('./runs');
const { settings } = require('./settings');
const { Watch } = require('./watch');
const { watched } = require('./watched');

const JOINT = ' \u203a '; // between the titles of suites and of the test, as reports have it

/** Another `test` with repairs of its `page`. @template {typeof playwright.test} T @param {T} test @returns {T} */
function healing(test) {
  return /** @type {any} */ (test).extend({
    argus: [{}, { option: true, scope: 'worker' }],
    argusScope: [null, { option: true }],
    argusRun: [worker, { scope: 'worker' }],
    page,
  });
}

async function worker(/** @type {any} */ { argus }, /** @type {any} */ use, /** @type {any} */ workerInfo) {
  const told = opened(argus, workerInfo.config);
  await use(told);
  told.elements.save();
}

/** What all tests of a worker have in common. @returns {import('./watch').Run} */
function opened(/** @type {import('.').ArgusOptions} */ options, /** @type {any} */ config) {
  const told = settings(options, config);
  return {
    ...told,
    run: run(),
    repairs: load(told.repairs),
    elements: new Elements(told.elements),
    commit: commit(),
  };
}

async function page(/** @type {any} */ { page: real, argusRun, argusScope, actionTimeout }, /** @type {any} */ use, /** @type {any} */ testInfo) {
  const test = { test: testInfo.titlePath.join(JOINT), browser: testInfo.project.name || null, component: argusScope };
  const watch = new Watch(argusRun, test, actionTimeout ? 0 : argusRun.patience);
  await use(watched(real, watch));
  for (const late of [...watch.waiting]) {
    watch.waiting.delete(late);
    await late();
  }
  const passed = testInfo.status === 'passed';
  const edits = watch.close(passed);
  for (const description of watch.lines()) testInfo.annotations.push({ type: 'argus', description });
  if (edits.length) {
    const body = JSON.stringify({ root: argusRun.root, edits });
    await testInfo.attach('argus-edits', { body, contentType: 'application/json' });
  }
  const unsure = watch.unsure();
  if (passed && argusRun.strict && unsure.length) {
    throw new Error(`passed with a repair that is to be validated: ${unsure.join('; ')}`);
  }
}

const test = healing(playwright.test);

module.exports = { ...playwright, test, default: test, healing };
