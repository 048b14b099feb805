import type { test as base } from '@playwright/test';
export * from '@playwright/test';

export interface ArgusOptions {
  /** `off`, the default, only reports; `apply` goes on with sure repairs, `validate` with those to be tried as well. */
  heal?: 'off' | 'apply' | 'validate';
  /** What is known; `argus-heals.json` beside the configuration. */
  repairs?: string;
  /** What happened is added here; `argus-heals.ndjson`, `''` = nowhere. */
  report?: string;
  /** What locators found when they last worked; `.argus/elements.json`, `''` = is not kept. */
  elements?: string;
  /** A test that went on with an unsure repair fails. */
  strict?: boolean;
  /** Milliseconds to wait for a locator that a repair is known of, where no time-out is set; 5000. */
  patience?: number;
  /** Release that is tested. */
  release?: string;
}

export const test: typeof base;
/** Another `test` with repairs of its `page`. */
export function healing<T extends typeof base>(test: T): T;
