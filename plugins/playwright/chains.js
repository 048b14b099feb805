// A locator as the calls that it is made of: page.getByRole('button', { name: 'Save' }).first().
// Chains are what locators are compared by: quotes, white space, and the name of the variable in front make no
// difference. A locator from a file is read as data, and never run as code.
'use strict';

/** @typedef {{ name: string, args: any[] }} Call  texts, numbers, patterns, objects, and chains as `{ chain }` */

const LONGEST = 2000; // characters; nobody writes a longer locator
const DEEPEST = 20; // values inside values
const LOCATING = new Set([
  'locator', 'frameLocator', 'getByRole', 'getByText', 'getByLabel', 'getByPlaceholder', 'getByAltText', 'getByTitle',
  'getByTestId', 'filter', 'first', 'last', 'nth', 'and', 'or', 'contentFrame', 'owner',
]);
const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\$]|\\.|\$(?!\{))*`)|(\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|([^\s]))/sy;
const PATTERN = /((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/y;
const ESCAPES = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' };

/**
 * The locator that a text is, without what is done to it behind.
 * @param {string} text @returns {Call[]} @throws {SyntaxError} where it is none of Playwright's in JavaScript
 */
function read(text) {
  if (text.length > LONGEST) throw new SyntaxError('too long for a locator');
  const reader = new Reader(text.trim());
  return reader.chain(0);
}

/** Reads from left to right, and never back. */
class Reader {
  constructor(/** @type {string} */ text) {
    this.text = text;
    this.at = 0;
    this.kind = '';
    this.value = '';
    this.next();
    if (this.value === 'await') this.next();
  }

  /** The next token into `kind` and `value`. */
  next() {
    TOKEN.lastIndex = this.at;
    const found = TOKEN.exec(this.text);
    const [, string, number, name, mark] = found || [];
    this.at = found ? TOKEN.lastIndex : this.text.length;
    this.kind = string ? 'string' : number ? 'number' : name ? 'name' : mark ? 'mark' : 'end';
    this.value = string || number || name || mark || '';
  }

  is(/** @type {string} */ mark) {
    return this.kind === 'mark' && this.value === mark;
  }

  take(/** @type {string} */ mark) {
    if (!this.is(mark)) throw new SyntaxError(`${mark} is missing`);
    this.next();
  }

  /** Calls from the left to the right, up to the last that locates. @returns {Call[]} */
  chain(/** @type {number} */ depth) {
    const chain = [];
    for (let more = true; more; ) {
      if (this.kind !== 'name') throw new SyntaxError('no name');
      const name = this.value;
      this.next();
      if (this.is('(')) {
        if (!LOCATING.has(name)) return this.rest(chain, depth);
        chain.push({ name, args: this.args(depth) });
      } else if (chain.length) {
        return this.rest(chain, depth);
      }
      more = this.is('.');
      if (more) this.next();
    }
    if (!chain.length) throw new SyntaxError('a name that only the running test knows');
    if (depth === 0) this.end();
    return chain;
  }

  /** What is done to the locator: nothing of it is looked at. */
  rest(/** @type {Call[]} */ chain, /** @type {number} */ depth) {
    if (depth || !chain.length) throw new SyntaxError('a call that finds nothing');
    return chain;
  }

  end() {
    if (this.is(';')) this.next();
    if (this.kind !== 'end') throw new SyntaxError('more than a locator');
  }

  args(/** @type {number} */ depth) {
    const args = [];
    this.take('(');
    while (!this.is(')')) {
      args.push(this.argument(depth + 1));
      if (!this.is(')')) this.take(',');
    }
    this.next();
    return args;
  }

  /** @returns {any} */
  argument(/** @type {number} */ depth) {
    if (depth > DEEPEST) throw new SyntaxError('nested too deep');
    const { kind, value } = this;
    if (this.is('{')) return this.object(depth);
    if (this.is('/')) return this.pattern();
    if (kind === 'name' && !['true', 'false', 'null'].includes(value)) return { chain: this.chain(depth) };
    this.next();
    if (kind === 'string') return unquoted(value);
    if (kind === 'number') return Number(value);
    if (kind === 'name') return value === 'null' ? null : value === 'true';
    if (value === '-' && this.kind === 'number') return -this.argument(depth);
    throw new SyntaxError('a value that only the running test knows');
  }

  object(/** @type {number} */ depth) {
    /** @type {Record<string, any>} */
    const told = Object.create(null);
    this.take('{');
    while (!this.is('}')) {
      if (this.kind !== 'name' && this.kind !== 'string') throw new SyntaxError('no name');
      const name = this.kind === 'string' ? unquoted(this.value) : this.value;
      this.next();
      this.take(':');
      told[name] = this.argument(depth + 1);
      if (!this.is('}')) this.take(',');
    }
    this.next();
    return told;
  }

  pattern() {
    PATTERN.lastIndex = this.at;
    const found = PATTERN.exec(this.text);
    if (!found) throw new SyntaxError('no pattern');
    this.at = PATTERN.lastIndex;
    this.next();
    return new RegExp(found[1], found[2]);
  }
}

function unquoted(/** @type {string} */ text) {
  return text.slice(1, -1).replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/gs, (all, hex, code, one) => {
    if (one === undefined) return String.fromCharCode(parseInt(hex || code, 16));
    return one in ESCAPES ? ESCAPES[/** @type {keyof typeof ESCAPES} */ (one)] : one;
  });
}

/** The locator as people write it. */
function written(/** @type {Call[]} */ chain, receiver = 'page', quote = "'") {
  const calls = chain.map(({ name, args }) => `${name}(${args.map((value) => writtenValue(value, quote)).join(', ')})`);
  return [receiver, ...calls].filter(Boolean).join('.');
}

/** One argument as people write it. @returns {string} */
function writtenValue(/** @type {any} */ value, quote = "'") {
  if (typeof value === 'string') return quoted(value, quote);
  if (value === null || typeof value !== 'object' || value instanceof RegExp) return String(value);
  if (value.chain) return written(value.chain, 'page', quote);
  const entries = Object.entries(value).map(([name, each]) => `${name}: ${writtenValue(each, quote)}`);
  return entries.length ? `{ ${entries.join(', ')} }` : '{}';
}

function quoted(/** @type {string} */ value, /** @type {string} */ quote) {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
  const plain = escaped.replace(/[\x00-\x1f\x7f\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return quote + plain + quote;
}

/** The same for two that differ in the order of their options. */
function key(/** @type {Call[]} */ chain) {
  return JSON.stringify(chain.map(({ name, args }) => [name, ...args.map(ordered)]));
}

/** @returns {any} */
function ordered(/** @type {any} */ value) {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof RegExp) return { pattern: String(value) };
  if (value.chain) return { chain: key(value.chain) };
  return { options: Object.keys(value).sort().map((name) => [name, ordered(value[name])]) };
}

/** What a chain finds on a page. */
function located(/** @type {any} */ page, /** @type {Call[]} */ chain) {
  return chain.reduce((found, { name, args }) => found[name](...args.map((value) => given(page, value))), page);
}

/** @returns {any} */
function given(/** @type {any} */ page, /** @type {any} */ value) {
  if (value === null || typeof value !== 'object' || value instanceof RegExp) return value;
  if (value.chain) return located(page, value.chain);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, given(page, each)]));
}

module.exports = { LOCATING, read, written, writtenValue, key, located };
