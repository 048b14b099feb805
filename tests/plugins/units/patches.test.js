const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { edited, patch } = require('../../../plugins/playwright/patches');

const [A, B] = ["page.locator('#a')", "page.locator('.b')"];
const EDITS = [
  ['  await page.locator("#a").click();\n', A, "page.getByTestId('b')", '  await page.getByTestId("b").click();\n'],
  ["this.page.locator( '#a' )", A, B, "this.page.locator('.b')"],
  ["page.click('#a')", A, B, "page.click('.b')"],
  ["row.getByRole('link').first()", "page.locator('tr').getByRole('link').first()", "page.locator('tr').getByText('x')", "row.getByText('x')"],
  ["page.getByRole('link', {name: `a`}).click()", "page.getByRole('link', { name: 'a' })", B, "page.locator('.b').click()"],
];

for (const [line, locator, healed, after] of EDITS) {
  test(`only the locator is replaced: ${line.trim()}`, () => {
    assert.equal(edited(line, { file: 'a.js', line: 1, locator, healed }), after);
  });
}

for (const line of ['page.locator(SAVE)', "page.locator('#a').or(page.locator('#a'))", "page.locator('#ab')", '']) {
  test(`a line that does not hold the locator once is left: ${line}`, () => {
    assert.equal(edited(line, { file: 'a.js', line: 1, locator: A, healed: B }), null);
  });
}

for (const end of ['\n', '\r\n', '']) {
  test(`the patch is one that git applies, with ${JSON.stringify(end)} at the end`, () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'patch-'));
    const lines = [`  ${A}.click();`, ...Array.from({ length: 9 }, (_, at) => `// ${at}`), `  ${A}.hover();`, `  ${A}.tap();`];
    const text = lines.join(end || '\n') + end;
    fs.writeFileSync(path.join(folder, 'a.js'), text);
    const edits = [1, 11, 12, 5, 99, 1].map((line) => ({ file: 'a.js', line, locator: A, healed: B }));
    const { diff, left } = patch(edits, () => text.split(/(?<=\n)/));
    execFileSync('git', ['apply', '-'], { cwd: folder, input: diff });
    assert.equal(fs.readFileSync(path.join(folder, 'a.js'), 'utf8'), text.replaceAll('#a', '.b'));
    assert.deepEqual(left.map((edit) => edit.line), [5, 99]);
    fs.rmSync(folder, { recursive: true });
  });
}
