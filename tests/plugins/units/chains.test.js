const assert = require('node:assert');
const { test } = require('node:test');
const { key, read, written } = require('../../../plugins/playwright/chains');

const LOCATORS = [
  "page.getByRole('button', { name: 'Save' })",
  "page.locator('#pay').getByText('Save', { exact: true }).first()",
  "page.locator('tr').filter({ has: page.getByText('Ada'), visible: true }).nth(-1)",
  "page.frameLocator('iframe').getByLabel(/^Card [/]\\d/i)",
  "page.locator('a[title=\"b\\'s\"]')",
];

for (const locator of LOCATORS) {
  test(`it is written as it was read: ${locator}`, () => assert.equal(written(read(locator)), locator));
}

const SAME = [
  'this.page.getByRole("button", {name:"Save"})',
  "getByRole('button', { name: 'Save' })",
  "await page.getByRole('button', { name: `Save` }).click();",
  "page.getByRole('button', {\n  'name': 'Save',\n})",
];

for (const text of SAME) {
  test(`style and receiver make no difference: ${text}`, () => assert.equal(key(read(text)), key(read(LOCATORS[0]))));
}

test('the order of options makes no difference', () => {
  const [one, other] = ["page.getByText('a', { x: 1, y: 2 })", "page.getByText('a', { y: 2, x: 1 })"];
  assert.equal(key(read(one)), key(read(other)));
});

const NONE = [
  '', 'page', 'page.click()', "require('fs').rmSync('/')", 'page.locator(selector)', 'page.locator(`#${id}`)',
  "page.get_by_role('button', name='Save')", "cy.get('#save')", 'page.locator(/(/)', "page.locator('a'", "page.locator('a') + 1",
  "page.locator('a', (() => 1)())", "expect(page.locator('a')).toBeVisible()", `page.locator('${'x'.repeat(3000)}')`,
  `page.locator(${'{a:'.repeat(600)}`,
];

for (const text of NONE) {
  test(`what is no locator of literals is not read: ${text.slice(0, 40)}`, () => assert.throws(() => read(text), SyntaxError));
}

test('a name that objects have by themselves is an option like any other', () => {
  assert.deepEqual(Object.keys(read("page.getByText('a', { __proto__: 1 })")[0].args[1]), ['__proto__']);
});
