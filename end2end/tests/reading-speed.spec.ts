import { expect, test } from "../support/base.ts";
import { enterDemo } from "../support/shop.ts";

/** Comments of a long show, of which most claim something. */
function stream(comments: number): string {
  const words = ["sold A12 7 x2", "mine b27", "sold A14", "how much is A12?", "so pretty!", "sold candle x3", "next A13", "cancel B27"];
  return Array.from({ length: comments }, (_, index) => `buyer_${index % 4000}: ${words[index % words.length]}`).join("\n");
}

// The figures are printed and not judged here: how fast a machine is says nothing about whether the program is right.
test("a paste of 10,000 comments is read whole, and one more costs little", async ({ page }) => {
  test.setTimeout(120_000);
  await enterDemo(page);
  await page.goto("/sell");
  const sale = await page.locator('main a[href^="/sell/"]:not([href$="/new"])').last().getAttribute("href");
  await page.goto(sale ?? "/sell");
  await expect(page.locator(".page-head-action button")).toBeDisabled({ timeout: 60_000 });

  const measure = (text: string) =>
    page.evaluate(
      (text) =>
        new Promise<number>((resolve) => {
          const field = document.querySelector<HTMLTextAreaElement>("#paste");
          if (!field) throw new Error("there is no field");
          performance.clearMeasures("reading");
          field.value = text;
          field.dispatchEvent(new Event("input", { bubbles: true }));
          // The reader notes how long it took by itself, the pause before it left out.
          const look = () => {
            const measures = performance.getEntriesByName("reading");
            if (measures.length > 0) resolve(measures.reduce((sum, entry) => sum + entry.duration, 0));
            else setTimeout(look, 5);
          };
          look();
        }),
      text,
    );

  const long = stream(10_000);
  const whole = await measure(long);
  await expect(page.locator(".read-head").getByRole("button", { name: /^All\s*10000$/ })).toBeVisible();
  expect(await page.locator(".read-line").count(), "the list is bounded").toBeLessThanOrEqual(200);
  const costs: number[] = [];
  let text = long;
  for (let round = 1; round <= 10; round += 1) {
    text += `\nlate_${round}: sold A12 7`;
    costs.push(await measure(text));
  }
  await expect(page.locator(".read-head").getByRole("button", { name: /^All\s*10010$/ })).toBeVisible();
  costs.sort((left, right) => left - right);
  const median = ((costs[4] ?? 0) + (costs[5] ?? 0)) / 2;
  console.log(`10,000 comments: ${whole.toFixed(1)} ms; one more: ${median.toFixed(2)} ms (median of ${costs.length})`);
  await page.getByLabel("Paste comments here").fill("");
});
