// As in a project that uses the plugin.
module.exports = {
  testDir: '.',
  workers: 1,
  timeout: 20_000,
  reporter: [['json', { outputFile: 'results.json' }], ['argus-playwright/reporter']],
  use: {
    actionTimeout: 1_000,
    navigationTimeout: 20_000,
    baseURL: process.env.SHOP,
    argus: JSON.parse(process.env.ARGUS),
    launchOptions: { executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] },
  },
};
