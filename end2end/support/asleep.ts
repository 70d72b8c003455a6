import type { Page } from "@playwright/test";

/** Keeps pages from waking up: their HTML is there, the browser's part is not. Gives what lets it come.
 *  The service worker's requests cannot be held up: use it with `serviceWorkers: "block"`. */
export async function keepAsleep(page: Page): Promise<() => void> {
  let wake = () => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  await page.route("**/*.wasm", async (route) => {
    await woken;
    await route.continue();
  });
  return () => wake();
}
