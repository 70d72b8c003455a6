import { expect, test } from "../support/base.ts";
import { enterDemo } from "../support/shop.ts";

test("a page that could not be asked for opens by itself when the network is back", async ({ context, page, problems }) => {
  problems.forgive(/ERR_INTERNET_DISCONNECTED/);
  await enterDemo(page);
  await page.goto("/customers");
  await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
  await context.setOffline(true);
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Bill" }).click();
  await expect(page.getByText("You're offline")).toBeVisible();
  await expect(page.getByText("The provider does not answer")).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText("You're offline")).toHaveCount(0);
  await expect(page.locator('main a[href^="/bill/"]').first()).toBeVisible();
});

test("a form that could not be sent keeps what was typed, and can be sent when the network is back", async ({ context, page, problems }) => {
  problems.forgive(/ERR_INTERNET_DISCONNECTED/);
  await enterDemo(page);
  await page.goto("/sell/new");
  await page.getByLabel("Title").fill("A sale by the sea");
  await page.getByRole("button", { name: "Open the sale" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "A sale by the sea" })).toBeVisible();
  const paste = page.getByLabel("Paste comments here");
  await paste.fill("Ana Ruiz: sold A12\nKim Lee: so pretty");
  const hold = page.getByRole("button", { name: /^(Hold|Keep) / });
  await expect(hold).toBeEnabled();
  await context.setOffline(true);
  await hold.click();
  await expect(page.getByText("You're offline")).toBeVisible();
  await expect(paste).toHaveValue("Ana Ruiz: sold A12\nKim Lee: so pretty");
  await context.setOffline(false);
  await expect(page.getByText("You're offline")).toHaveCount(0);
  await expect(paste).toHaveValue("Ana Ruiz: sold A12\nKim Lee: so pretty");
  await hold.click();
  await expect(page.locator(".sale-end")).toBeVisible();
});

test("the page of the lost network opens what was wanted when the network is back", async ({ context, page, problems }) => {
  problems.forgive(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await enterDemo(page);
  await page.goto("/stock");
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // The worker serves pages that were opened after it came.
  await page.reload();
  await context.setOffline(true);
  await page.goto("/reports");
  await expect(page.getByRole("heading", { name: "You're offline" })).toBeVisible();
  await expect(page.getByText("It opens by itself")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("heading", { level: 1, name: /^Report/ })).toBeVisible();
});
