import { expect, test } from "../support/base.ts";
import { enterDemo, fillItem } from "../support/shop.ts";

const fill = async (page: import("@playwright/test").Page) => {
  await fillItem(page, { code: "no spaces", title: "Half a ring", price: "cheap", weight: "1", pieces: "3" });
  await page.getByRole("button", { name: "Save item" }).click();
};

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    // A form that needs another look is answered with 422, which the browser notes; without scripts none is loaded.
    test.beforeEach(({ problems }) => problems.forgive(/status of 422|selltrac\.\S+\.js: csp/));

    test("a wrong form shows its errors and keeps what was typed", async ({ page }) => {
      await enterDemo(page);
      await page.goto("/stock/new");
      await fill(page);
      await expect(page.getByText("Write an amount such as 12.50.").first()).toBeVisible();
      await expect(page.getByText("There is a character here that cannot be used.").first()).toBeVisible();
      await expect(page.getByLabel("Title")).toHaveValue("Half a ring");
      await expect(page.getByLabel("Price", { exact: true })).toHaveValue("cheap");
      await expect(page.getByLabel("Variant 1 pieces")).toHaveValue("3");
      const code = `H${Date.now() % 1_000_000}${javaScriptEnabled ? "a" : "b"}`;
      await page.getByLabel("Code", { exact: true }).fill(code);
      await page.getByLabel("Price", { exact: true }).fill("12.50");
      await page.getByRole("button", { name: "Save item" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Stock" })).toBeVisible();
      await expect(page.getByText(code).first()).toBeVisible();
    });

    test("comments are held", async ({ page }) => {
      await enterDemo(page);
      await page.goto("/sell/new");
      await page.getByLabel("Title").fill("Quiet night");
      await page.getByRole("button", { name: "Open the sale" }).click();
      await page.getByLabel("Paste comments here").fill("Uma Vale: sold C3");
      await page.getByRole("button", { name: /^Hold (the claims|1 claim)$/ }).click();
      await expect(page.getByRole("link", { name: "Uma Vale" }).first()).toBeVisible();
    });
  });
}

test("a wrong password is told kindly and the address stays", async ({ page, problems }) => {
  problems.forgive(/status of 401/);
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill("nobody@shop.example");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("This e-mail and password do not match.").first()).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue("nobody@shop.example");
});
