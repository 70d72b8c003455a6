import { expect, test as playwright } from "@playwright/test";
import { Problems } from "./problems.ts";
import { DemoServer } from "./server.ts";

/** What every test has besides Playwright's own fixtures. */
type TestFixtures = {
  /** The browser's complaints; any that is left at the end fails the test. */
  problems: Problems;
};
type WorkerFixtures = {
  /** This worker's own demo server; `page.goto("/…")` goes there. */
  server: DemoServer;
};

export const test = playwright.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await DemoServer.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  problems: [
    async ({ context, server }, use, testInfo) => {
      const problems = new Problems(context, () => server.url);
      await use(problems);
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach("server.log", { body: server.log, contentType: "text/plain" });
      }
      expect(problems.remaining(), "the browser complained").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
