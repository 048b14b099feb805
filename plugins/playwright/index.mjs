// As index.js, for modules that `import`.
import told from './index.js';

export * from '@playwright/test';
export const { healing, test } = told;
export default told.test;
