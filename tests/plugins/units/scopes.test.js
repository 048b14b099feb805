const assert = require('node:assert');
const { test } = require('node:test');
const { scopeOf } = require('../../../plugins/playwright/scopes');

const SCOPES = [
  ['https://shop.example/orders/17/items?page=2#top', '/orders/*/items'],
  ['https://shop.example/u/123e4567-e89b-12d3-a456-426614174000', '/u/*'],
  ['https://shop.example/u/ada@shop.example/cart', '/u/*/cart'],
  ['https://shop.example/npm/@babel/core', '/npm/@babel/core'],
  ['https://shop.example/reset/AbCdEfGhIjKlMnOpQr01', '/reset/*'],
  ['about:blank', 'blank'],
  ['http://[', ''],
];

for (const [url, scope] of SCOPES) test(`a page is its path without ids: ${url}`, () => assert.equal(scopeOf(url), scope));
