import type { Page } from "@playwright/test";

/**
 * Opens a page and waits until it hears what changes elsewhere, by which time the program is awake. The page that stood there
 * before is left first: its program may be waking up just now, and would be taken for the new one's.
 */
export async function openAwake(page: Page, address: string): Promise<void> {
  await page.goto("about:blank");
  const hears = page.waitForResponse(/\/live$/);
  await page.goto(address);
  await hears;
}

/** Opens a page of a test that runs with and without JavaScript: awake where there is a program. */
export async function openAwakeIf(javaScriptEnabled: boolean, page: Page, address: string): Promise<void> {
  if (javaScriptEnabled) await openAwake(page, address);
  else await page.goto(address);
}
