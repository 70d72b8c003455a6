import type { Page } from "@playwright/test";

/**
 * Pauses of a page that end when the test says so: those after which a busy server is asked again, which last 5 s and more. A
 * toast lasts as long as one of them, so the page must show none. Playwright's clock cannot stand in: its handles have more than
 * the 32 bits that the program keeps, so that what the program stops goes on.
 */
type Pauses = Map<number, { length: number; end: () => void }>;

/** The lengths of pauses that are kept. Each is twice the one before. */
const LENGTHS = [5_000, 10_000, 20_000, 40_000, 80_000];

/** Keeps the pauses of a page. */
export async function keepPauses(page: Page): Promise<void> {
  await page.addInitScript((lengths) => {
    const pauses: Pauses = new Map();
    const begin = window.setTimeout.bind(window);
    const stop = window.clearTimeout.bind(window);
    let last = 1_000_000;
    const kept = (end: () => void, length = 0) => {
      if (!lengths.includes(length)) return begin(end, length);
      last += 1;
      pauses.set(last, { length, end });
      return last;
    };
    const stopped = (handle: number) => {
      if (!pauses.delete(handle)) stop(handle);
    };
    Object.assign(window, { pauses, setTimeout: kept, clearTimeout: stopped });
  }, LENGTHS);
}

/** The lengths of the pauses that a page keeps. */
export async function pauses(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const { pauses } = window as unknown as { pauses: Pauses };
    return [...pauses.values()].map((pause) => pause.length);
  });
}

/** Ends the pauses that a page keeps. */
export async function endPauses(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { pauses } = window as unknown as { pauses: Pauses };
    const ending = [...pauses.values()];
    pauses.clear();
    ending.forEach((pause) => pause.end());
  });
}
