import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/accessibility.ts";
import { openAwake } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { fillAddress, register } from "../support/shop.ts";

/** Adds a customer by hand and ends on their page. */
async function add(page: Page, name: string, email: string, handle: string): Promise<void> {
  await page.goto("/customers/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Platform of name 1").selectOption("instagram");
  await page.getByLabel("Name 1", { exact: true }).fill(handle);
  await page.getByRole("button", { name: "Save customer" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ problems }) => problems.forgive(/status of 422|selltrac\.\S+\.js: csp/));

    test("a customer gets two addresses, and parcels go to the second", async ({ page }) => {
      await register(page);
      await add(page, "Ana Ruiz", "ana@buyers.example", "ana.r");
      await fillAddress(page, "7 Invented Lane");
      await page.getByLabel("Phone").fill("12");
      await page.getByRole("button", { name: "Save customer" }).click();
      await expect(page.getByText("This is no phone number.", { exact: false }).first()).toBeVisible();
      await expect(page.getByLabel("Street and number")).toHaveValue("7 Invented Lane");
      await page.getByLabel("Phone").fill("(512) 555-0100");
      await page.getByRole("button", { name: "Save customer" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();

      await page.getByText("Add an address").click();
      const second = page.locator("details.more-rows", { hasText: "Add an address" });
      await second.getByLabel("Street and number").fill("9 Invented Lane");
      await second.getByLabel("City").fill("Austin");
      await second.getByLabel("State or region").fill("TX");
      await second.getByLabel("Postal code").fill("787");
      await second.getByLabel("Country").selectOption("US");
      await second.getByLabel("Called").fill("Work");
      await second.getByLabel("Parcels go here").check();
      await page.getByRole("button", { name: "Save customer" }).click();
      await expect(page.getByText("Write it like 78701.").first()).toBeVisible();
      await second.getByLabel(/Postal code|ZIP code/).fill("78701");
      await page.getByRole("button", { name: "Save customer" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();

      await page.reload();
      await expect(page.getByLabel("Street and number").first()).toHaveValue("9 Invented Lane");
      await expect(page.getByText("7 Invented Lane", { exact: false }).first()).toBeVisible();
      await expect(page.getByLabel("Name 1", { exact: true })).toHaveValue("ana.r");
      if (javaScriptEnabled) await expectAccessible(page); // axe is a script itself.
    });

    test("two customers become one, and two again", async ({ page }) => {
      await register(page);
      await add(page, "Ana Ruiz", "ana@buyers.example", "ana.r");
      const stays = page.url();
      await add(page, "A. Ruiz", "ANA@buyers.example", "a.ruiz");
      await expect(page.getByText("Ana Ruiz may be the same person: same e-mail.")).toBeVisible();

      // A name that is taken offers the same.
      await page.goto(stays);
      await page.getByLabel("Name 2", { exact: true }).fill("a.ruiz");
      await page.getByLabel("Platform of name 2").selectOption("instagram");
      await page.getByRole("button", { name: "Save customer" }).click();
      await page.getByRole("link", { name: "Are they the same person?" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Merge A. Ruiz into Ana Ruiz" })).toBeVisible();
      await expect(page.getByRole("group", { name: "E-mail that stays" })).toBeVisible();
      if (javaScriptEnabled) await expectAccessible(page); // axe is a script itself.
      await page.getByRole("group", { name: "Name that stays" }).getByLabel("A. Ruiz").check();
      await page.getByRole("button", { name: "Merge into Ana Ruiz" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "A. Ruiz" })).toBeVisible();
      await expect(page.getByText("A. Ruiz is merged into this customer.")).toBeVisible();
      await expect(page.getByLabel("Name 2", { exact: true })).toHaveValue("a.ruiz");
      await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Ana Ruiz" })).toBeVisible();
      await expect(page.getByLabel("Name 2", { exact: true })).toHaveValue("");

      await page.goto("/customers/duplicates");
      await expect(page.getByText("Same e-mail")).toBeVisible();
      if (javaScriptEnabled) await expectAccessible(page); // axe is a script itself.
      await page.getByRole("button", { name: "Not the same" }).click();
      await expect(page.getByText("Nobody is here twice")).toBeVisible();
    });

    test("a buyer is blocked and the block is taken back", async ({ page }) => {
      await register(page);
      await add(page, "Uma Vale", "", "uma.v");
      if (javaScriptEnabled) {
        // The toast comes from the browser's part; once that listens to the server, it is awake.
        await openAwake(page, page.url());
      }
      await page.getByRole("button", { name: "Block this buyer" }).click();
      await expect(page.getByText("Blocked", { exact: true })).toBeVisible();
      if (javaScriptEnabled) {
        await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
      } else {
        await page.getByRole("button", { name: "Take the block back" }).click();
      }
      await expect(page.getByRole("button", { name: "Block this buyer" })).toBeVisible();
      await expect(page.getByText("Blocked", { exact: true })).toBeHidden();
    });

    test("credit is given with a reason and found in the history", async ({ page }) => {
      await register(page);
      await add(page, "Uma Vale", "", "uma.v");
      await page.getByText("Give or use credit").click();
      await page.getByLabel("Amount").fill("5");
      await page.getByLabel("Reason").fill("A chipped ring");
      await page.getByRole("button", { name: "Note it" }).click();
      await expect(page.getByText("A chipped ring")).toBeVisible();
      await page.locator(".stat", { hasText: "Credit" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Credit of Uma Vale" })).toBeVisible();
      await expect(page.getByText("$5.00")).toBeVisible();
      if (javaScriptEnabled) await expectAccessible(page); // axe is a script itself.
    });
  });
}
