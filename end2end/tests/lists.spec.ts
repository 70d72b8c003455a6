import { deflateSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { openAwake, openAwakeIf } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { enterDemo } from "../support/shop.ts";

/** A red PNG, made here so that no file of unknown origin is needed. */
function png(width: number, height: number): Buffer {
  const table = Array.from({ length: 256 }, (_, index) => {
    let sum = index;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
    return sum >>> 0;
  });
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const sum = body.reduce((sum, byte) => (table[(sum ^ byte) & 255] ?? 0) ^ (sum >>> 8), 0xffffffff);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE((sum ^ 0xffffffff) >>> 0);
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([200, 30, 40]))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

const rows = (page: Page) => page.locator("table.list tbody tr");

/** Ticks the box of a row, which a finger hits beside it. */
const choose = async (page: Page, name: string) => page.getByRole("checkbox", { name: `Choose ${name}`, exact: true }).check();

test("items are filtered, kept as a view, changed together and put back", async ({ page, problems }) => {
  // A form that needs another look is answered with 422, which the browser notes.
  problems.forgive(/status of 422/);
  await enterDemo(page);
  await page.goto("/stock");
  const everything = await rows(page).count();
  expect(everything).toBeGreaterThan(3);

  await test.step("a filter stands in the address and is kept as a view", async () => {
    await page.getByRole("link", { name: "Filter", exact: true }).click();
    await page.getByLabel("Material").selectOption("Sterling silver");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(page).toHaveURL(/material=Sterling/);
    await expect(page.getByText("Amber candle")).toBeHidden();
    // A removed view has an undo where the program hears the answer.
    await openAwake(page, page.url());
    await expectAccessible(page);
    await page.getByText("Save view", { exact: true }).first().click();
    const name = `Silver ${Date.now()}`;
    await page.getByLabel("Name of the view").fill(name);
    await page.getByRole("button", { name: "Save view" }).click();
    const tab = page.getByRole("link", { name, exact: true });
    await expect(tab).toHaveAttribute("aria-current", "page");
    await page.getByRole("button", { name: "Remove view" }).click();
    await expect(tab).toBeHidden();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(tab).toBeVisible();
    await page.getByRole("link", { name: "Without the filter “Sterling silver”" }).click();
    await expect(rows(page)).toHaveCount(everything);
  });

  await test.step("chosen rows are archived, and come back", async () => {
    await choose(page, "A13");
    await choose(page, "A14");
    const bar = page.locator(".bulk-bar");
    await expect(bar).toBeVisible();
    await bar.getByRole("combobox").selectOption("archive");
    await bar.getByRole("button", { name: "Change" }).click();
    await expect(page.getByText("2 items archived.")).toBeVisible();
    await expect(rows(page)).toHaveCount(everything - 2);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByText("2 are as before.")).toBeVisible();
    await expect(rows(page)).toHaveCount(everything);
  });

  await test.step("prices of all that match are raised, and a wrong answer is told", async () => {
    await choose(page, "C3");
    const bar = page.locator(".bulk-bar");
    await bar.getByRole("combobox").selectOption("price");
    await bar.getByRole("textbox").fill("a lot");
    await bar.getByRole("button", { name: "Change" }).click();
    await expect(page.getByText("Write per cent such as 12.5.")).toBeVisible();
    await bar.getByRole("textbox").fill("10");
    await bar.getByRole("button", { name: "Change" }).click();
    await expect(page.getByText("Prices of 1 item changed.")).toBeVisible();
    await expect(rows(page).filter({ hasText: "Amber candle" })).toContainText("9.90");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(rows(page).filter({ hasText: "Amber candle" })).toContainText("9.00");
  });
});

test("a list is worked by the keyboard and keeps its place", async ({ page, isMobile }) => {
  await enterDemo(page);
  await openAwake(page, "/stock?sort=price");
  await expect(page.getByRole("heading", { level: 1, name: "Stock" })).toBeVisible();
  if (isMobile) return expectAccessible(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  await expect(rows(page).first().getByRole("checkbox")).toBeChecked();
  await page.keyboard.press("x");
  await expect(rows(page).first().getByRole("checkbox")).not.toBeChecked();
  await page.keyboard.press("j");
  const link = page.locator("table.list tbody .row-link").nth(1);
  await expect(link).toBeFocused();
  const id = await link.getAttribute("id");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/stock\/[0-9a-f-]{36}/);
  await page.getByRole("link", { name: "Back to the stock" }).click();
  await expect(page).toHaveURL(/\/stock\?sort=price#row-/);
  await expect(page.locator(`[id="${id}"]`)).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.locator("h1").click();
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { level: 1, name: "New item" })).toBeVisible();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ problems }) => problems.forgive(/selltrac\.\S+\.js: csp/));

    test("pictures are added, shown and removed", async ({ page }) => {
      await enterDemo(page);
      await page.goto("/stock");
      const item = await page.getByRole("link", { name: "B28 Amethyst sphere" }).getAttribute("href");
      await openAwakeIf(javaScriptEnabled, page, item ?? "/stock");
      const pictures = page.locator(".pictures img");
      const before = await pictures.count();
      await page.locator("#field-pictures").setInputFiles([
        { name: "sphere.png", mimeType: "image/png", buffer: png(640, 480) },
        { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("these are words") },
      ]);
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Send" }).click();
      await expect(page.getByText("1 picture was added.")).toBeVisible();
      await expect(page.getByText("notes.png: This cannot be read as a picture.")).toBeVisible();
      await expect(pictures).toHaveCount(before + 1);
      await pictures.first().scrollIntoViewIfNeeded();
      await expect.poll(() => pictures.first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320);
      if (javaScriptEnabled) await expectAccessible(page);
      await page.getByRole("button", { name: "Remove picture 1" }).click();
      await expect(pictures).toHaveCount(before);
      await page.getByRole("button", { name: javaScriptEnabled ? "Undo" : "Put back the picture that was removed last" }).click();
      await expect(pictures).toHaveCount(before + 1);
      await page.goto("/stock");
      await expect(rows(page).filter({ hasText: "B28" }).locator("img.thumb")).toHaveCount(1);
    });

    test("many customers are tagged together", async ({ page }) => {
      await enterDemo(page);
      await openAwakeIf(javaScriptEnabled, page, "/customers");
      const all = await rows(page).count();
      await rows(page).first().getByRole("checkbox").check();
      const bar = page.locator(".bulk-bar");
      await expect(bar).toBeVisible();
      await bar.getByRole("checkbox", { name: "All that match" }).check();
      await bar.getByRole("combobox").selectOption("add-tag");
      const tag = javaScriptEnabled ? "Regulars" : "Friends";
      await bar.getByRole("textbox").fill(tag);
      await bar.getByRole("button", { name: "Change" }).click();
      await expect(page.getByText(`Tag added to ${all} customers.`)).toBeVisible();
      // Leaving the page at once would take the answer's way.
      const undone = page.waitForResponse(/\/api\/customers\/bulk\/undo/);
      await page.getByRole("button", { name: "Undo" }).first().click();
      await (await undone).finished();
      await page.goto(`/customers?tag=${tag}`);
      await expect(page.getByText("No customer is like this")).toBeVisible();
    });
  });
}
