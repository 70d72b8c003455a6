import type { Page } from "@playwright/test";
import { openAwake } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { enterDemo, fillItem, register } from "../support/shop.ts";

test("a page that could not be asked for opens by itself when the network is back", async ({ context, page, problems }) => {
  problems.forgive(/ERR_INTERNET_DISCONNECTED/);
  await enterDemo(page);
  await openAwake(page, "/customers");
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
  await openAwake(page, "/sell/new");
  await page.getByLabel("Title").fill("A sale by the sea");
  await page.getByRole("button", { name: "Open the sale" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "A sale by the sea" })).toBeVisible();
  const paste = page.getByLabel("Paste comments here");
  await paste.fill("Ana Ruiz: sold A12\nKim Lee: so pretty");
  const hold = page.getByRole("button", { name: /^(Hold|Keep) \d/ });
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
  await openAwake(page, "/stock");
  await context.setOffline(true);
  await page.goto("/reports");
  await expect(page.getByRole("heading", { name: "You're offline" })).toBeVisible();
  await expect(page.getByText("It opens by itself")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("heading", { level: 1, name: /^Report/ })).toBeVisible();
});

/** Has the server carry a form out, and loses its answer on the way back. */
async function loseAnswer(page: Page, path: string): Promise<void> {
  await page.route(
    `**${path}`,
    async (route) => {
      await route.fetch();
      await route.abort("internetdisconnected");
    },
    { times: 1 },
  );
}

test("a change whose answer was lost is made once, however often it is sent", async ({ page, problems }) => {
  problems.forgive(/ERR_INTERNET_DISCONNECTED/);
  await register(page);
  await page.goto("/stock/new");
  await fillItem(page, { code: "M1", title: "Moon ring", price: "24", pieces: "3" });
  await page.getByRole("button", { name: "Save item" }).click();
  await expect(page.getByText("Moon ring").first()).toBeVisible();

  await test.step("prices of chosen rows", async () => {
    await openAwake(page, "/stock");
    await page.getByRole("checkbox", { name: "Choose M1", exact: true }).check();
    const bar = page.locator(".bulk-bar");
    await bar.getByRole("combobox").selectOption("price");
    await bar.locator(".bulk-value").fill("-10");
    await loseAnswer(page, "/api/stock/bulk");
    await bar.getByRole("button", { name: "Change" }).click();
    // The page hears of the change and is read anew, while it stands there that it could not be sent.
    await expect(page.locator("table.list")).toContainText("21.60");
    await bar.getByRole("button", { name: "Change" }).click();
    await expect(page.getByText("Prices of 1 item changed.")).toBeVisible();
    await expect(page.locator("table.list")).toContainText("21.60");
  });

  await test.step("pieces", async () => {
    await page.locator("table.list .row-link").click();
    const pieces = page.getByLabel("Pieces", { exact: true });
    await pieces.fill("5");
    await loseAnswer(page, "/api/stock/change");
    await page.getByRole("button", { name: "Restock", exact: true }).click();
    await expect(page.locator("#stock .stock-figures")).toContainText("8");
    await page.getByRole("button", { name: "Restock", exact: true }).click();
    await expect(pieces).toHaveValue("");
    await expect(page.locator("#stock .stock-figures")).toContainText("8");
    await expect(page.locator("#stock tbody tr")).toHaveCount(2);
  });
});

test("a file that is chosen while there is no network stays chosen, and can be sent when it is back", async ({ context, page, problems }) => {
  problems.forgive(/ERR_INTERNET_DISCONNECTED/);
  await register(page);
  await openAwake(page, "/import");
  const file = { name: "stock.csv", mimeType: "text/csv", buffer: Buffer.from("Code,Title,Price,Pieces\nR1,Moon ring,24.00,2\n") };
  await page.getByLabel("Choose a file, or drop it here").setInputFiles(file);
  await context.setOffline(true);
  await page.getByRole("button", { name: "Read the file" }).click();
  await expect(page.getByText("You're offline")).toBeVisible();
  await expect(page.getByText("You're offline")).toBeInViewport();
  await context.setOffline(false);
  await expect(page.getByText("You're offline")).toHaveCount(0);
  await page.getByRole("button", { name: "Read the file" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "stock.csv" })).toBeVisible();
});
