// Run by the tests with no time-out but the test's own.
const { test, expect } = require('argus-playwright');

test.use({ actionTimeout: 0 });

test.beforeEach(async ({ page }) => {
  await page.goto('/shop.html');
});

test('saves in time', async ({ page }) => {
  await page.locator('#save').click();
  await expect(page.locator('#done')).toHaveText('Saved');
});

test('waits for what comes later', async ({ page }) => {
  await page.evaluate(() => setTimeout(() => { document.querySelector('[name=card]').id = 'late'; }, 2_000));
  await page.locator('#late').fill('4242');
});

test.fail('waits until its time is up', async ({ page }) => {
  test.setTimeout(3_000);
  await page.locator('#nowhere').click();
});
