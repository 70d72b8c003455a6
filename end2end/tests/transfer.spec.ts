import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { expect, test } from "../support/base.ts";
import { register } from "../support/shop.ts";

const ITEMS = `Number,What it is,Asked,Left,Notes
R1,Moon ring,24.00,2,old
R2,Rose tower,18.50,3,
R3,Amber candle,1.250,9,two ways to read it
`;

async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.goto("/import");
  const buffer = Buffer.from(text);
  await page.getByLabel("Choose a file, or drop it here").setInputFiles({ name, mimeType: "text/csv", buffer });
  await page.getByRole("button", { name: "Read the file" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ problems }) => problems.forgive(/status of 422|selltrac\.\S+\.js: csp/));

    test("a file is read, its columns corrected, checked, imported and undone", async ({ page }) => {
      // Without JavaScript nobody tells the page that the server went on; a person asks again.
      const until = async (words: string | RegExp) => {
        await expect(async () => {
          if (!javaScriptEnabled) await page.reload();
          await expect(page.getByText(words).first()).toBeVisible({ timeout: 1_000 });
        }).toPass({ timeout: 60_000 });
      };
      await register(page);
      await choose(page, "stock.csv", ITEMS);
      await expect(page.getByRole("heading", { level: 1, name: "stock.csv" })).toBeVisible();
      await expect(page.getByLabel("Number")).toHaveValue("code");
      await expect(page.getByText("Moon ring · Rose tower · Amber candle")).toBeVisible();
      await page.getByRole("button", { name: "Check 3 rows" }).click();
      await expect(page.getByText("Say which column holds “Title”.").first()).toBeVisible();
      await page.getByLabel("What it is").selectOption("title");
      await page.getByLabel("Asked").selectOption("price");
      await page.getByLabel("Left").selectOption("quantity");
      await page.getByLabel("Notes").selectOption("");
      await page.getByRole("button", { name: "Check 3 rows" }).click();

      await until("1 item would not be taken");
      await expect(page.getByRole("cell", { name: /can be read in two ways/ })).toBeVisible();
      await page.getByRole("link", { name: /^To add/ }).click();
      await expect(page.getByText("R2 Rose tower").first()).toBeVisible();
      await page.getByRole("button", { name: "Import 2 items" }).click();
      await until("2 items added, 0 changed.");
      await page.goto("/stock");
      await expect(page.getByText("Moon ring").first()).toBeVisible();

      await page.goto("/import");
      await page.getByRole("link", { name: "stock.csv" }).click();
      await page.getByRole("button", { name: "Undo the import" }).click();
      await until("Everything is as it was before this import.");
      await page.goto("/stock");
      await expect(page.getByText("No items yet")).toBeVisible();
    });
  });
}

test("the columns are remembered, and the subject can be changed", async ({ page, problems }) => {
  // What was thrown away may be asked for once more before its page is left.
  problems.forgive(/404 .*\/api\/import\/view/);
  await register(page);
  await choose(page, "people.csv", "Who,Mail\nAna Ruiz,ana@x.example\n");
  await page.getByLabel("What the rows are").selectOption("customers");
  await page.getByLabel("Who").selectOption("name");
  await page.getByLabel("Mail").selectOption("email");
  await page.getByRole("button", { name: "Check 1 row" }).click();
  await page.getByRole("button", { name: "Import 1 customer" }).click();
  await expect(page.getByText("1 customer added, 0 changed.")).toBeVisible();
  await choose(page, "people-again.csv", "Who,Mail\nAna Ruiz,ana@x.example\nKim Lee,kim@x.example\n");
  await expect(page.getByText("These are the columns that you chose for such a file before.")).toBeVisible();
  await expect(page.getByLabel("Who")).toHaveValue("name");
  await page.getByRole("button", { name: "Throw it away" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Import" })).toBeVisible();
  await expect(page.getByText("people-again.csv")).toHaveCount(0);
});

test("what is no table is refused with its reason", async ({ page }) => {
  await register(page);
  await choose(page, "picture.csv", "\u0000\u0001\u0002");
  await expect(page.getByText("This is no table.")).toBeVisible();
});

test("everything can be taken along", async ({ page }) => {
  await register(page);
  await choose(page, "stock.csv", "code,title,price,quantity\nR1,=cmd(),24.00,2\n");
  await page.getByRole("button", { name: "Check 1 row" }).click();
  await page.getByRole("button", { name: "Import 1 item" }).click();
  await expect(page.getByText("1 item added, 0 changed.")).toBeVisible();
  await page.goto("/export");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV of items and their stock" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  expect(text).toContain(`"R1","'=cmd()",`);
  const zip = page.waitForEvent("download");
  await page.getByRole("link", { name: "Take everything along" }).click();
  expect((await readFile(await (await zip).path())).subarray(0, 2).toString()).toBe("PK");
});

test("the screens can be used by everybody", async ({ page }) => {
  await register(page);
  await page.goto("/import");
  await expectAccessible(page);
  await choose(page, "stock.csv", ITEMS);
  await expect(page.getByRole("button", { name: "Check 3 rows" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("What it is").selectOption("title");
  await page.getByLabel("Asked").selectOption("price");
  await page.getByRole("button", { name: "Check 3 rows" }).click();
  await expect(page.getByText("1 item would not be taken")).toBeVisible();
  await expectAccessible(page);
  await page.goto("/export");
  await expectAccessible(page);
});
