// Which run of the tests it is: a test that is tried again in it is no further evidence.
'use strict';

const RUNS = ['ARGUS_RUN', 'GITHUB_RUN_ID', 'CI_PIPELINE_ID', 'CIRCLE_WORKFLOW_ID', 'BUILD_TAG', 'BUILD_BUILDID'];
const COMMITS = ['GITHUB_SHA', 'CI_COMMIT_SHA', 'CIRCLE_SHA1', 'GIT_COMMIT', 'BUILD_SOURCEVERSION'];

/** The run as its CI names it, else one of this process's own. @returns {string} */
function run() {
  return first(RUNS) ?? `${process.pid}-${Date.now()}`;
}

/** The commit that is tested. @returns {string | null} */
function commit() {
  return first(COMMITS);
}

function first(/** @type {string[]} */ names) {
  return names.map((name) => process.env[name]).find(Boolean) ?? null;
}

module.exports = { commit, run };
