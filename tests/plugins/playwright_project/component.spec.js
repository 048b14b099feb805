// Run by the tests: a component that is tested by itself.
const { test, expect } = require('argus-playwright');

test.use({ argusScope: 'basket' });

test('saves in the basket', async ({ page }) => {
  await page.goto('/shop.html');
  await page.locator('#slow-save').click();
  await expect(page.locator('#done')).toHaveText('Saved');
});
