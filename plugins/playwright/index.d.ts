import type {
  PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType,
} from '@playwright/test';
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

interface ForTests {
  /** Component that is tested by itself, in place of the page's path. */
  argusScope: string | null;
}
interface ForWorkers {
  argus: ArgusOptions;
}

export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & ForTests,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & ForWorkers
>;
/** Another `test` with repairs of its `page`. */
export function healing<T extends {}, W extends {}>(test: TestType<T, W>): TestType<T & ForTests, W & ForWorkers>;
export default test;
