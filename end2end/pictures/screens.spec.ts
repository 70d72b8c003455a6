import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/base.ts";
import { mailTo } from "../support/sandbox.ts";
import { enterDemo } from "../support/shop.ts";

/** Where the pictures go, and whether they are of the light or the dark screens. */
const folder = process.env.SELLTRAC_PICTURES ?? join(import.meta.dirname, "..", "..", "docs");
const scheme = process.env.SELLTRAC_SCHEME === "dark" ? "dark" : "light";

/** What is in the sale's paste when its picture is taken: one of everything that the reading shows. */
const paste = [
  "Ana Ruiz: sold A12 7 x2",
  "Kim Lee Tran: mine b27",
  "Mary Jo Finch: sold A12",
  "DeShawn Willow: how much is A14?",
  "Nora Quill: sold candle x3",
  "Otto Pine: sold A14 and A13",
].join("\n");

test.use({ colorScheme: scheme });

test("pictures of every screen", async ({ page, server }, testInfo) => {
  test.setTimeout(600_000);
  await mkdir(folder, { recursive: true });
  await enterDemo(page);

  const picture = async (name: string, address?: string) => {
    if (address) await page.goto(address);
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}-${testInfo.project.name}.png`), animations: "disabled" });
  };
  /** Opens what a list links to under a text. */
  const open = async (list: string, text: string) => {
    await page.goto(list);
    await page.locator("main").getByRole("link", { name: text }).first().click();
    await expect(page.locator("h1")).not.toHaveText(/^(Stock|Sell|Bill|Ship|Customers|Materials)$/);
  };

  await picture("sell", "/sell");
  await picture("selling", "/settings/selling");
  await picture("bill", "/bill");
  await open("/bill", "Ana Ruiz");
  await picture("invoice");

  const mail = await mailTo(server.sandboxUrl, "ana@buyers.example", /INV-/);
  const link = /http:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0] ?? "";
  await picture("pay", link);
  await page.getByRole("button", { name: /^Pay \$/ }).click();
  await expect(page).toHaveURL(/\/stripe\/checkout\//);
  await page.getByRole("button", { name: /^Pay \$/ }).click();
  await expect(page.getByText(/thank you/i).first()).toBeVisible({ timeout: 30_000 });

  await picture("today", "/");
  await picture("ship", "/ship");
  await open("/ship", "Ana Ruiz");
  await page.getByRole("button", { name: "Get rates" }).click();
  await expect(page.getByRole("button", { name: /^Buy label · \$/ })).toBeVisible({ timeout: 30_000 });
  await picture("shipment");

  await open("/sell", "Thursday warm-up");
  const field = page.getByLabel("Paste comments here");
  await settled(page);
  await field.fill(paste);
  await expect(page.getByRole("button", { name: /^Hold \d+ claims?$/ })).toBeEnabled();
  await picture("sale");
  await field.fill("");

  await picture("stock", "/stock");
  await open("/stock", "Moon ring");
  await picture("item");
  await picture("materials", "/stock/materials");
  await picture("count", "/stock/count");
  await picture("tags", "/stock/tags");
  await picture("customers", "/customers");
  await open("/customers", "Ana Ruiz");
  await picture("customer");
  await picture("duplicates", "/customers/duplicates");
  await picture("import", "/import");
  await picture("export", "/export");
  await picture("reports", "/reports");
  await picture("settings", "/settings");
});

/** Waits until the page is awake and nothing moves on it any more. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.waitForTimeout(2_500);
}
