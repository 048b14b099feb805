// Run by the tests: an ECMAScript module, with the names that it may take from Playwright Test.
import test, { devices, expect } from 'argus-playwright';

test('saves from a module', async ({ page }) => {
  await page.goto('/shop.html');
  await page.locator('#save').click();
  await expect(page.locator('#done')).toHaveText('Saved');
  expect(Object.keys(devices)).toContain('Pixel 5');
});
