// Run by the tests against the shop as it was and as it is.
const { test, expect } = require('argus-playwright');

const fails = process.env.IS_NEW ? test.fail : test; // a failure that is no surprise does not cost a new browser

test.beforeEach(async ({ page }) => {
  await page.goto('/shop.html');
});

test('saves', async ({ page }) => {
  await page.locator("#save").click();
  await expect(page.locator('#done')).toHaveText('Saved');
});

test('saves by the short way', async ({ page }) => {
  await page.click('#save');
  await expect(page).toHaveTitle('Shop');
});

test('saves in the form', async ({ page }) => {
  const form = page.locator('#pay');
  await form.locator('#save').click();
  await expect(page.locator('#done')).toHaveText('Saved');
});

fails('saves and expects what is not so', async ({ page }) => {
  await page.locator('#save').click();
  await expect(page.locator('#done')).toHaveText('Sent', { timeout: 300 });
});

fails('expects the button', async ({ page }) => {
  await expect(page.locator('#save')).toBeVisible({ timeout: 300 });
});

fails('reads the button', async ({ page }) => {
  expect(await page.locator('#save').innerText({ timeout: 300 })).toBe('Store');
});

test('removes', async ({ page }) => {
  await page.getByRole('button', { name: 'Remove' }).click();
});

fails('removes by id', async ({ page }) => {
  await page.locator('#remove').click({ timeout: 300 });
});

fails('uses a coupon', async ({ page }) => {
  await page.locator('#coupon').click({ timeout: 300 });
});

fails('asks for help', async ({ page }) => {
  await page.locator('#help').click({ timeout: 300 });
});

fails('is slow', async ({ page }) => {
  await page.locator('#slow').click({ timeout: 300 });
});

fails('saves on another page', async ({ page }) => {
  await page.goto('/other.html');
  await page.locator('#save').click({ timeout: 300 });
});

fails('reads the terms', async ({ page }) => {
  await page.locator('[name=card]').fill('typed-secret');
  await page.locator('[name=password]').fill('password-secret');
  await page.locator('#terms').click({ timeout: 300 });
});

fails('has no repair', async ({ page }) => {
  await page.locator('#nowhere').click({ timeout: 300 });
});

fails('clicks what is no selector', async ({ page }) => {
  await page.locator('[[').click();
});

test('fills', async ({ page }) => {
  await page.locator('[name=card]').filter({ visible: true }).first().fill('4242');
  await expect(page.locator('[name=card]')).toHaveValue('4242');
  expect(await page.locator('form').filter({ has: page.locator('[name=card]') }).count()).toBe(1);
});
