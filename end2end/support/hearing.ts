import type { Page } from "@playwright/test";

/** Lets a page hear of changes from the test alone. */
export async function hearOnly(page: Page): Promise<void> {
  await page.addInitScript(() => {
    class Told extends EventTarget {
      onmessage: ((event: MessageEvent) => void) | null = null;
      readyState = 1;
      constructor() {
        super();
        Object.assign(window, { told: this });
      }
      close() {}
    }
    Object.assign(window, { EventSource: Told });
  });
}

/** Tells such a page of its nth change. */
export async function tell(page: Page, nth: number): Promise<void> {
  await page.evaluate((revision) => {
    const { told } = window as unknown as { told: { onmessage: (event: MessageEvent) => void } };
    told.onmessage(new MessageEvent("message", { data: String(revision) }));
  }, 1_000_000 + nth);
}
