import { expect, test } from "../support/base.ts";
import { enterDemo } from "../support/shop.ts";

/** Comments of a long show, of which most claim something. */
function stream(comments: number): string {
  const words = ["sold A12 7 x2", "mine b27", "sold A14", "how much is A12?", "so pretty!", "sold candle x3", "next A13", "cancel B27"];
  return Array.from({ length: comments }, (_, index) => `buyer_${index % 4000}: ${words[index % words.length]}`).join("\n");
}

// The figures are printed and not judged here: how fast a machine is says nothing about whether the program is right.
test("a paste of 10,000 comments is read whole, and one more costs little", async ({ page }) => {
  test.setTimeout(600_000);
  await enterDemo(page);
  await page.goto("/sell");
  const sale = await page.locator('main a[href^="/sell/"]:not([href$="/new"])').last().getAttribute("href");
  await page.goto(sale ?? "/sell");
  await expect(page.locator(".page-head-action button")).toBeDisabled();

  // Milliseconds that the reading worked, and that passed from its beginning until all was read; the pause before it, in
  // which typing rests, is in neither. Marks have the same names as measures and no duration.
  const measure = (text: string) =>
    page.evaluate(
      (text) =>
        new Promise<{ work: number; wall: number }>((resolve) => {
          const field = document.querySelector<HTMLTextAreaElement>("#paste");
          if (!field) throw new Error("there is no field");
          performance.clearMeasures();
          field.value = text;
          field.dispatchEvent(new Event("input", { bubbles: true }));
          const sum = (name: string) =>
            performance.getEntriesByName(name, "measure").reduce((sum, entry) => sum + entry.duration, 0);
          const look = () => {
            if (performance.getEntriesByName("reading", "measure").length > 0) {
              resolve({ work: sum("reading slice"), wall: sum("reading") });
            } else setTimeout(look, 5);
          };
          look();
        }),
      text,
    );
  const median = (figures: number[]) => {
    const sorted = [...figures].sort((left, right) => left - right);
    return ((sorted[4] ?? 0) + (sorted[5] ?? 0)) / 2;
  };

  const long = stream(10_000);
  const whole = await measure(long);
  await expect(page.locator(".read-head").getByRole("button", { name: /^All\s*10000$/ })).toBeVisible();
  expect(await page.locator(".read-line").count(), "the list is bounded").toBeLessThanOrEqual(200);
  expect(whole.work, "a reading that takes no time was not measured").toBeGreaterThan(0);
  const costs: { work: number; wall: number }[] = [];
  let text = long;
  for (let round = 1; round <= 10; round += 1) {
    text += `\nlate_${round}: sold A12 7`;
    costs.push(await measure(text));
  }
  await expect(page.locator(".read-head").getByRole("button", { name: /^All\s*10010$/ })).toBeVisible();
  const work = median(costs.map((cost) => cost.work));
  const wall = median(costs.map((cost) => cost.wall));
  console.log(`10,000 comments: ${whole.work.toFixed(1)} ms of work, ${whole.wall.toFixed(1)} ms until read`);
  console.log(`one more comment: ${work.toFixed(2)} ms of work, ${wall.toFixed(2)} ms until read (medians of ten)`);
  await page.getByLabel("Paste comments here").fill("");
});
