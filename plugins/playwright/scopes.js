// Which page a locator is looked for on.
'use strict';

const LONGEST = 300; // characters
// as argus_streams.core.healing has it: a part of a path that is somebody's id
const ID = new RegExp(
  '^(?:[0-9]+|[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
  + '|[^@%]+(?:@|%40)[^@%]+|(?=(?:[^0-9]*[0-9]){2})(?=[^A-Z]*[A-Z])[A-Za-z0-9._~=-]{20,})$',
);

/** The path of a URL with `*` for ids; empty where it has none. */
function scopeOf(/** @type {string} */ url) {
  if (!URL.canParse(url)) return '';
  return new URL(url).pathname.split('/').map((part) => (ID.test(part) ? '*' : part)).join('/').slice(0, LONGEST);
}

module.exports = { scopeOf };
