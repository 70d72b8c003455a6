import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { openAwake } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { addItem, register } from "../support/shop.ts";

/** Opens the page of an item by its code, as a scanner that types does. */
async function scanInSearch(page: Page, code: string, title: string): Promise<void> {
  await page.goto("/stock");
  await page.getByRole("searchbox").fill(code);
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
}

const ledger = (page: Page) => page.locator("#stock");

test("a restock serves the buyer who waits, and can be undone", async ({ page, problems }) => {
  problems.forgive(/422 .*\/api\/stock\/change/);
  await register(page);
  await addItem(page, { code: "B27", title: "Rose tower", price: "18.50", pieces: "1" });
  await page.goto("/sell/new");
  await page.getByLabel("Title").fill("Friday night silver");
  await page.getByRole("button", { name: "Open the sale" }).click();
  await page.getByLabel("Paste comments here").fill("@ana: sold B27\n@kim: sold B27");
  await page.getByRole("button", { name: /^Hold \d+ claims?$/ }).click();
  await expect(page.getByText(/1 held.*1 waiting/i).first()).toBeVisible();

  await scanInSearch(page, "b27", "Rose tower");
  await expect(ledger(page)).toContainText("1 on hand · 0 left · 1 held · 1 waiting");
  await expectAccessible(page);
  // What was done is told with its undo where the program hears the answer.
  await openAwake(page, page.url());
  await page.locator("#stock-quantity").fill("1");
  await page.locator("#stock-note").fill("From the kiln");
  await ledger(page).getByRole("button", { name: "Restock", exact: true }).click();
  await expect(page.getByText("Restocked 1. 1 went to buyers who waited.")).toBeVisible();
  await expect(ledger(page)).toContainText("2 on hand · 0 left · 2 held");
  await expect(ledger(page)).toContainText("Served from the waitlist");
  await expect(ledger(page)).toContainText("From the kiln");
  await expect(page.locator("#stock-quantity")).toHaveValue("");

  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await expect(ledger(page)).toContainText("1 on hand · 0 left · 1 held · 1 waiting");
  await expect(ledger(page)).toContainText("Undone: restocked");

  await page.locator("#stock-quantity").fill("5");
  await ledger(page).getByRole("button", { name: "Sold elsewhere", exact: true }).click();
  await expect(ledger(page)).toContainText("At most 0, please.");
  await expect(page.locator("#stock-quantity")).toHaveValue("5");
});

test("a stock-take is counted on a phone, closed and opened again", async ({ page, problems }) => {
  problems.forgive(/422 .*\/api\/stock\/counts\/scan/);
  await register(page);
  await addItem(page, { code: "B27", title: "Rose tower", price: "18.50", pieces: "3" });
  await addItem(page, { code: "C3", title: "Amber candle", price: "18.50", pieces: "10" });
  await page.goto("/stock/count");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Begin counting" }).click();
  await expect(page.getByText("0 of 2 variants counted")).toBeVisible();

  const tower = page.getByLabel("B27 Rose tower");
  await tower.fill("5");
  await tower.blur();
  // What was typed before the page woke up is kept once it has.
  await expect(page.getByText("1 of 2 variants counted")).toBeVisible();
  const scan = page.getByLabel(/Scan or type a code/);
  for (const counted of [1, 2]) {
    await scan.fill("c3");
    await scan.press("Enter");
    await expect(page.getByText(`C3 Amber candle: ${counted} counted.`)).toBeVisible();
  }
  await expect(page.getByLabel("C3 Amber candle")).toHaveValue("2");
  await scan.fill("nothing");
  await scan.press("Enter");
  await expect(page.getByText("Nothing has this code.").first()).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "See the differences" }).click();
  await expect(page.getByRole("row", { name: /Rose tower/ })).toContainText("+2");
  await expect(page.getByRole("row", { name: /Amber candle/ })).toContainText("−8");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Close and book 2 differences" }).click();
  await expect(page.getByText(/^Closed\. 2 variants were counted/)).toBeVisible();
  await scanInSearch(page, "C3", "Amber candle");
  await expect(ledger(page)).toContainText("2 left");

  await page.goto("/stock/count");
  await page.getByRole("link", { name: "Everything" }).click();
  await page.getByRole("button", { name: "Undo and go on counting" }).click();
  await expect(page.getByText("2 of 2 variants counted")).toBeVisible();
  await scanInSearch(page, "C3", "Amber candle");
  await expect(ledger(page)).toContainText("10 left");
});

test("tags are printed in exact sizes", async ({ page }) => {
  await register(page);
  await addItem(page, { code: "B27", title: "Rose tower", price: "18.50", pieces: "3" });
  await scanInSearch(page, "B27", "Rose tower");
  await ledger(page).getByRole("link", { name: "Print tags" }).click();
  const copies = page.getByLabel("Tags of B27 Rose tower");
  await expect(copies).toHaveValue("3");
  await expectAccessible(page);
  await copies.fill("13");

  // Millimetres of a page, and how many pages there are.
  for (const [paper, width, height, pages] of [
    ["single", 50, 25, 13],
    ["sheet", 101.6, 152.4, 2],
  ] as const) {
    await page.goto("/stock/tags");
    await page.getByLabel("Tags of B27 Rose tower").fill("13");
    await page.getByLabel("Printed on").selectOption(paper);
    await page.getByLabel("Code", { exact: true }).selectOption(paper === "single" ? "qr" : "bars");
    await page.getByRole("button", { name: "Show the tags" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "13 tags" })).toBeVisible();
    await expect(page.getByRole("img", { name: "Code B27" })).toHaveCount(13);
    await expectAccessible(page);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    const boxes = [...pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)];
    expect(boxes.length, `pages on ${paper}`).toBe(pages);
    for (const [, x, y] of boxes) {
      expect(Math.abs((Number(x) * 25.4) / 72 - width)).toBeLessThan(0.5);
      expect(Math.abs((Number(y) * 25.4) / 72 - height)).toBeLessThan(0.5);
    }
  }
});
