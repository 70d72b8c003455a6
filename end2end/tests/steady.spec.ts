import type { Page } from "@playwright/test";
import { openAwake } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { addItem, register } from "../support/shop.ts";

async function addMaterial(page: Page, name: string, rate: string): Promise<void> {
  await page.goto("/stock/materials/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Rate (optional)").fill(rate);
  await page.getByRole("button", { name: "Save material" }).click();
  await expect(page.getByRole("link", { name })).toBeVisible();
}

test("a rate that is being typed stays with its material when another comes to stand above", async ({ page, context }) => {
  await register(page);
  await addMaterial(page, "Sterling silver", "0.85");
  await openAwake(page, "/stock/materials");
  const silver = page.locator(".materials .row", { hasText: "Sterling silver" });
  await silver.locator("summary").click();
  await silver.getByLabel("Rate", { exact: true }).fill("7.77");
  await addMaterial(await context.newPage(), "Brass", "0.02");
  await page.bringToFront();
  await expect(page.locator(".materials .row").first()).toContainText("Brass");
  const rate = silver.getByLabel("Rate", { exact: true });
  await expect(rate).toBeVisible();
  await expect(rate).toHaveValue("7.77");
  await expect(rate).toBeFocused();
  await rate.press("Enter");
  await expect(silver).toContainText("$7.77");
  await expect(silver.getByLabel("Rate", { exact: true })).toBeHidden();
  await expect(page.locator(".materials .row").first()).toContainText("$0.02");
});

test("a number that is being typed is counted for its own item when another comes to stand above", async ({ page, context }) => {
  await register(page);
  await addItem(page, { code: "B2", title: "Blue bead", price: "3", pieces: "4" });
  await page.goto("/stock/count");
  await page.getByRole("button", { name: "Begin counting" }).click();
  await expect(page.getByText("0 of 1 variant counted")).toBeVisible();
  await openAwake(page, page.url());
  const blue = page.getByLabel("B2 Blue bead");
  await blue.click();
  await blue.pressSequentially("5");
  const elsewhere = await context.newPage();
  await addItem(elsewhere, { code: "A1", title: "Amber bead", price: "3", pieces: "9" });
  await page.bringToFront();
  const amber = page.getByLabel("A1 Amber bead");
  await expect(amber).toBeVisible();
  await expect(amber).toHaveValue("");
  await expect(blue).toBeFocused();
  await blue.pressSequentially("0");
  await blue.press("Tab");
  await expect(page.getByText("1 of 2 variants counted")).toBeVisible();
  await openAwake(page, page.url());
  await expect(blue).toHaveValue("50");
  await expect(amber).toHaveValue("");

  await elsewhere.goto(`${page.url()}?review=1`);
  await elsewhere.getByRole("button", { name: /^Close and book/ }).click();
  await expect(elsewhere.getByText(/^Closed\./)).toBeVisible();
  await page.bringToFront();
  await expect(page.getByText(/^Closed\./)).toBeVisible();
  await page.getByRole("button", { name: "Undo and go on counting" }).click();
  await expect(page.getByText("1 of 2 variants counted")).toBeVisible();
  await expect(blue).toHaveValue("50");
});

test("what is being chosen stays chosen while others sell", async ({ page, context }) => {
  await register(page);
  await addItem(page, { code: "B2", title: "Blue bead", price: "3", pieces: "4" });
  const elsewhere = await context.newPage();
  const another = async (code: string) => {
    await addItem(elsewhere, { code, title: `Bead ${code}`, price: "3", pieces: "1" });
    await page.bringToFront();
    await expect(page.getByText(`Bead ${code}`)).toBeVisible();
  };

  await openAwake(page, "/stock?filter=1");
  await page.getByLabel("Order").selectOption("Title");
  await page.getByLabel("Runs low").check();
  await another("C3");
  await expect(page.getByLabel("Order")).toHaveValue("title");
  await expect(page.getByLabel("Runs low")).toBeChecked();
  await page.getByLabel("Runs low").uncheck();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/sort=title/);

  await openAwake(page, "/stock?q=bead");
  await page.locator("summary", { hasText: "Save view" }).click();
  const name = page.getByLabel("Name of the view");
  await name.fill("Be");
  await another("D4");
  await expect(name).toBeFocused();
  await name.pressSequentially("ads");
  await name.press("Enter");
  await expect(page.getByRole("link", { name: "Beads", exact: true })).toBeVisible();
});

test("what somebody else changed meanwhile stands in the form once one's own change is saved", async ({ page, context }) => {
  await register(page);
  await openAwake(page, "/settings");
  const business = (page: Page) => page.locator("#business");
  const elsewhere = await context.newPage();
  await openAwake(elsewhere, "/settings");
  await business(elsewhere).getByLabel("City").fill("Dallas");
  await business(elsewhere).getByRole("button", { name: "Save" }).click();
  await expect(business(elsewhere).getByText("Saved.")).toBeVisible();
  await elsewhere.close();

  await page.bringToFront();
  await business(page).getByLabel("Business name").fill("Moonlit Metals");
  await business(page).getByLabel("Delivery fee").fill("5");
  await business(page).getByRole("button", { name: "Save" }).click();
  await expect(business(page).getByLabel("City")).toHaveValue("Dallas");
  await expect(business(page).getByLabel("Delivery fee"), "and so does what was tidied").toHaveValue("5.00");
  await expect(business(page).getByText("Saved.")).toBeVisible();
  // It is what the form was filled in with: it can be changed again, and nothing is asked.
  await business(page).getByLabel("City").fill("Waco");
  const saved = page.waitForResponse("**/api/settings/business");
  await business(page).getByRole("button", { name: "Save" }).click();
  const answer = await saved;
  expect(answer.status()).toBe(200);
  await answer.finished();
  await openAwake(page, "/settings");
  await expect(business(page).getByLabel("City")).toHaveValue("Waco");
  await expect(business(page).getByLabel("Business name")).toHaveValue("Moonlit Metals");
});

test("a customer's form shows what somebody else noted once it is saved", async ({ page, context }) => {
  await register(page);
  await page.goto("/customers/new");
  await page.getByLabel("Name", { exact: true }).fill("Ana Ruizova");
  await page.getByRole("button", { name: "Save customer" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ana Ruizova" })).toBeVisible();
  await openAwake(page, page.url());
  const elsewhere = await context.newPage();
  await openAwake(elsewhere, page.url());
  await elsewhere.getByLabel("Note (optional)").fill("Ring size 7");
  await elsewhere.getByRole("button", { name: "Save customer" }).click();
  await expect(elsewhere.getByText("Saved.")).toBeVisible();
  await elsewhere.close();

  await page.bringToFront();
  await page.getByLabel("Tags (optional)").fill("vip");
  await page.getByRole("button", { name: "Save customer" }).click();
  await expect(page.getByLabel("Note (optional)")).toHaveValue("Ring size 7");
  await expect(page.getByLabel("Tags (optional)")).toHaveValue("vip");
  // It is what the form was filled in with: saved again, it asks nothing and changes nothing else.
  await page.getByLabel("Note (optional)").fill("Ring size 8");
  const saved = page.waitForResponse("**/api/customers/save");
  await page.getByRole("button", { name: "Save customer" }).click();
  const answer = await saved;
  expect(answer.status()).toBe(200);
  await answer.finished();
  await openAwake(page, page.url());
  await expect(page.getByLabel("Note (optional)")).toHaveValue("Ring size 8");
  await expect(page.getByLabel("Tags (optional)")).toHaveValue("vip");
});
