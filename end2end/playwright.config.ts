import { defineConfig } from "@playwright/test";

// Without these, Chromium asks its maker's hosts for updates at every start; --no-sandbox lets root run it.
const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const chromium = process.env.SELLTRAC_CHROMIUM;

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Every worker has a server of its own (support/server.ts), so files run side by side.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // The browser's part is built without optimization here, and wakes up slowly on a small machine. What is expected right after
  // a page was opened waits for that, too.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [["list"], ["./support/closing-line.ts"]],
  use: {
    browserName: "chromium",
    locale: "en-US",
    timezoneId: "America/Chicago",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      args: chromiumArguments,
      ...(chromium ? { executablePath: chromium } : {}),
    },
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    {
      name: "phone",
      // What a killed server does has nothing to do with the size of a screen, and waiting for leases takes minutes.
      testIgnore: "crash.spec.ts",
      use: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
    },
  ],
});
