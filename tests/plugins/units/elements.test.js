const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Elements } = require('../../../plugins/playwright/elements');

function inFolder(work) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elements-'));
  work(path.join(folder, '.argus', 'elements.json'));
  fs.rmSync(folder, { recursive: true });
}

function saved(file, ...seen) {
  const elements = new Elements(file);
  for (const [locator, element] of seen) elements.note('/', locator, element);
  elements.save();
  return fs.readFileSync(file, 'utf8');
}

test('each run writes the same, whatever it sees first', () => inFolder((file) => {
  const one = saved(file, ['b', { tag: 'b' }], ['a', { tag: 'a', id: 'x' }]);
  fs.rmSync(file);
  assert.equal(saved(file, ['a', { id: 'x', tag: 'a' }], ['b', { tag: 'b' }]), one);
}));

test('two processes do not lose what the other has seen', () => inFolder((file) => {
  saved(file, ['a', { id: 'a' }]);
  assert.deepEqual(JSON.parse(saved(file, ['b', { id: 'b' }])), { '/': { a: { id: 'a' }, b: { id: 'b' } } });
}));

test('an element that has only moved leaves the file as it is', () => inFolder((file) => {
  const before = saved(file, ['a', { id: 'a', location: { x: 1 } }]);
  assert.equal(saved(file, ['a', { id: 'a', location: { x: 2 } }]), before);
  assert.notEqual(saved(file, ['a', { id: 'b', location: { x: 2 } }]), before);
}));

test('the file does not grow for ever, and a damaged one is written anew', () => inFolder((file) => {
  saved(file, ['a', {}]);
  fs.writeFileSync(file, '{');
  const many = Array.from({ length: 2_010 }, (_, at) => [String(at), { at }]);
  assert.equal(Object.keys(JSON.parse(saved(file, ...many))['/']).length, 2_000);
}));

test('a component that is called __proto__ is one like any other', () => inFolder((file) => {
  const elements = new Elements(file);
  elements.note('__proto__', 'polluted', { tag: 'a' });
  elements.save();
  assert.equal({}.polluted, undefined);
  assert.deepEqual(new Elements(file).last('__proto__', 'polluted'), { tag: 'a' });
}));
