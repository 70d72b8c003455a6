import { expect, test } from "../support/base.ts";
import { enterDemo } from "../support/shop.ts";

// What ends a title in HTML. In the browser it is a text like any other.
const name = "Ana </title><meta http-equiv=refresh content=0;//evil.example> & Co";

test("a title is the text that it was written from, on a full load and on the way", async ({ page }) => {
  await enterDemo(page);
  await page.goto("/customers/new");
  await expect(page).toHaveTitle("New customer · SellTrac");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Save customer" }).click();
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}/);
  await expect(page).toHaveTitle(`${name} · SellTrac`);
  await page.goto("/customers");
  await expect(page).toHaveTitle("Customers · SellTrac");
  await page.getByRole("link", { name }).first().click();
  await expect(page).toHaveTitle(`${name} · SellTrac`);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page).toHaveTitle(`${name} · SellTrac`);
  expect(new URL(page.url()).hostname).toBe("127.0.0.1");
  // The places of the frame are reached without a load; each says where one is.
  for (const [place, title] of [["Stock", "Stock"], ["Bill", "Bill"], ["Today", "Today"]] as const) {
    await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
    await expect(page).toHaveTitle(`${title} · SellTrac`);
  }
  await page.goBack();
  await expect(page).toHaveTitle("Bill · SellTrac");
});

test("an invoice is told from another by its title", async ({ page }) => {
  await enterDemo(page);
  await page.goto("/bill");
  const first = page.locator('main a[href^="/bill/"]').first();
  await first.click();
  await expect(page).toHaveTitle(/^INV-\d{4} · SellTrac$/);
});
