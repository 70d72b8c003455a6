import type { Page } from "@playwright/test";
import { keepAsleep } from "../support/asleep.ts";
import { openAwake } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { register, signIn } from "../support/shop.ts";

const restored = (page: Page) => page.getByText("Restored what you had typed.");
const drafts = (page: Page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("draft:")).length);

/** How many tabs of the browser say that they live. */
const tabs = (page: Page) =>
  page.evaluate(async () => (await navigator.locks.query()).held?.filter((lock) => lock.name?.startsWith("tab:")).length);

async function openSale(page: Page, title: string): Promise<string> {
  await page.goto("/sell/new");
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Open the sale" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  return page.url();
}

test("a half-typed item survives a reload and a killed tab, until it is saved", async ({ page, context }) => {
  await register(page);
  await openAwake(page, "/stock/new");
  await page.getByLabel("Code", { exact: true }).fill("A12");
  await page.getByLabel("Title", { exact: true }).fill("Moon ring");
  await page.getByLabel("Variant 1 pieces").fill("3");
  await page.reload();
  await expect(restored(page)).toBeVisible();
  await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Moon ring");

  // A tab that is closed never says so to another.
  await page.close();
  const next = await context.newPage();
  // The closed tab's text is free once its lock is.
  await next.goto("/");
  await expect.poll(() => tabs(next)).toBe(1);
  await openAwake(next, "/stock/new");
  await expect(restored(next)).toBeVisible();
  await expect(next.getByLabel("Code", { exact: true })).toHaveValue("A12");
  await expect(next.getByLabel("Variant 1 pieces")).toHaveValue("3");
  await next.getByLabel("Price", { exact: true }).fill("24");
  await next.getByRole("button", { name: "Save item" }).click();
  await expect(next.getByText("Moon ring").first()).toBeVisible();
  expect(await drafts(next), "what was saved is kept no longer").toBe(0);
  await openAwake(next, "/stock/new");
  await expect(next.getByLabel("Title", { exact: true })).toHaveValue("");
  await expect(restored(next)).toBeHidden();
});

test("a half-typed paste survives a reload, is read again, and goes with its claims", async ({ page }) => {
  await register(page);
  await page.goto("/stock/new");
  await page.getByLabel("Code", { exact: true }).fill("B27");
  await page.getByLabel("Title", { exact: true }).fill("Rose tower");
  await page.getByLabel("Price", { exact: true }).fill("18.50");
  await page.getByLabel("Variant 1 pieces").fill("3");
  await page.getByRole("button", { name: "Save item" }).click();
  await expect(page.getByText("Rose tower")).toBeVisible();
  const sale = await openSale(page, "Friday night");
  const field = page.getByLabel("Paste comments here");
  await field.fill("Ana Ruiz: sold B27");
  await expect(page.getByRole("button", { name: "Hold 1 claim" })).toBeEnabled();
  await page.reload();
  await expect(field).toHaveValue("Ana Ruiz: sold B27");
  await expect(restored(page)).toBeVisible();
  await page.getByRole("button", { name: "Hold 1 claim" }).click();
  await expect(page.locator(".sale-end")).toContainText("1 held");
  await expect(restored(page)).toBeHidden();
  await openAwake(page, sale);
  await expect(field).toHaveValue("");
});

test("what was put back can be discarded, and is offered to nobody else", async ({ page, context }) => {
  await register(page);
  await openAwake(page, "/customers/new");
  await page.getByLabel("Name", { exact: true }).fill("Ana Ruizova");
  await page.getByLabel("Note (optional)").fill("Ring size 7");
  // While the first tab lives, its text is its own.
  const beside = await context.newPage();
  await openAwake(beside, "/customers/new");
  await expect(beside.getByLabel("Name", { exact: true })).toHaveValue("");
  await beside.close();
  await page.bringToFront();
  await page.reload();
  await expect(page.getByLabel("Note (optional)")).toHaveValue("Ring size 7");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(restored(page)).toBeHidden();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("");
  await expect(page.getByLabel("Note (optional)")).toHaveValue("");
  expect(await drafts(page)).toBe(0);

  await page.getByLabel("Name", { exact: true }).fill("Ana Ruizova");
  await page.reload();
  await expect(restored(page)).toBeVisible();
  await page.evaluate(() => document.querySelector<HTMLFormElement>("form[action='/api/sign-out']")?.requestSubmit());
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  expect(await drafts(page), "nothing stays behind when one signs out").toBe(0);
});

test("a key is never kept", async ({ page }) => {
  await register(page);
  await openAwake(page, "/settings");
  await page.locator("#payments").getByLabel(/key/i).fill("rk_test_half_typed_secret");
  await page.locator("#business").getByLabel("Business name").fill("Half a name");
  await page.reload();
  await expect(page.locator("#business").getByLabel("Business name")).toHaveValue("Half a name");
  await expect(page.locator("#payments").getByLabel(/key/i)).toHaveValue("");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).toContain("Half a name");
  expect(kept).not.toContain("half_typed_secret");
});

test("what somebody else has saved meanwhile is not typed over", async ({ page, context }) => {
  await register(page);
  await openAwake(page, "/settings");
  const name = (page: Page) => page.locator("#business").getByLabel("Business name");
  await name(page).fill("My half-typed name");
  const elsewhere = await context.newPage();
  await openAwake(elsewhere, "/settings");
  await name(elsewhere).fill("Their name");
  await elsewhere.locator("#business").getByRole("button", { name: "Save" }).click();
  await expect(elsewhere.locator("#business").getByText("Saved.")).toBeVisible();
  await elsewhere.close();
  await page.bringToFront();
  await page.reload();
  await expect(name(page)).toHaveValue("Their name");
  await expect(restored(page)).toBeHidden();
  const overtaken = page.locator("[data-overtaken]");
  await expect(overtaken, "but it is not lost").toContainText("My half-typed name");
  await overtaken.getByRole("button", { name: "Close" }).click();
  await expect(overtaken).toBeHidden();
});

test.describe("a page that sleeps", () => {
  test.use({ serviceWorkers: "block" });

  test("what is sent before the program is awake is kept no longer than until its answer", async ({ page }) => {
    await register(page);
    const wake = await keepAsleep(page);
    await page.goto("/sell/new");
    await page.getByLabel("Title").fill("Friday night");
    await page.getByRole("button", { name: "Open the sale" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Friday night" })).toBeVisible();
    await expect.poll(() => drafts(page)).toBe(0);
    wake();
  });

  test("what could not be sent before the program is awake is found again", async ({ page, context, problems }) => {
    problems.forgive(/ERR_CONNECTION_FAILED|ERR_INTERNET_DISCONNECTED/);
    await register(page);
    const wake = await keepAsleep(page);
    await page.goto("/sell/new");
    await page.getByLabel("Title").fill("Friday night");
    await test.step("while the browser knows that there is no network", async () => {
      await context.setOffline(true);
      await page.getByRole("button", { name: "Open the sale" }).click();
      await expect(page.getByText("You're offline")).toBeVisible();
      await expect(page.getByLabel("Title")).toHaveValue("Friday night");
      await context.setOffline(false);
      await expect(page.getByText("You're offline")).toBeHidden();
    });
    await page.route("**/api/**", (route) => route.abort("connectionfailed"), { times: 1 });
    await page.getByRole("button", { name: "Open the sale" }).click();
    await expect(page.getByLabel("Title")).toHaveCount(0);
    await page.goBack();
    await expect(page.getByLabel("Title")).toHaveValue("Friday night");
    await expect.poll(() => drafts(page)).toBe(1);
    wake();
  });
});

test("a new sale begins at its field, and a closed one has no button that holds", async ({ page }) => {
  await register(page);
  await openSale(page, "Quiet night");
  await expect(page.getByLabel("Paste comments here")).toBeFocused();
  await page.getByRole("button", { name: "Close the sale" }).click();
  await expect(page.getByText("This sale is closed.", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Hold / })).toHaveCount(0);
});

test("what is typed into a form with a key is found again", async ({ page }) => {
  await register(page);
  await openSale(page, "Friday night");
  const line = page.getByLabel("Claim by hand");
  await openAwake(page, page.url());
  await line.fill("@ana A12");
  await page.reload();
  await expect(line).toHaveValue("@ana A12");
  await expect(restored(page)).toBeVisible();
  expect(await drafts(page)).toBe(1);

  await page.goto("/customers/new");
  await page.getByLabel("Name", { exact: true }).fill("Ana Ruizova");
  await page.getByRole("button", { name: "Save customer" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ana Ruizova" })).toBeVisible();
  await page.getByText("Give or use credit").click();
  const reason = page.getByLabel("Reason");
  await reason.fill("A chipped ring");
  await page.reload();
  await page.getByText("Give or use credit").click();
  await expect(reason).toHaveValue("A chipped ring");
});

test("drafts outlive the session of who typed them, but neither their day nor another member", async ({ page, context }) => {
  const shop = await register(page);
  await openAwake(page, "/customers/new");
  await page.getByLabel("Note (optional)").fill("Ring size 7");
  await expect.poll(() => drafts(page)).toBe(1);
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage).filter((key) => key.startsWith("draft:"))) {
      const draft = JSON.parse(localStorage.getItem(key) ?? "{}");
      localStorage.setItem(key, JSON.stringify({ ...draft, at: draft.at - 25 * 60 * 60 * 1000 }));
    }
  });
  const beside = await context.newPage();
  await beside.goto("/");
  await expect.poll(() => drafts(beside), "after a day it is gone, whoever opens the site").toBe(0);
  await beside.close();

  await page.getByLabel("Note (optional)").fill("Ring size 8");
  await expect.poll(() => drafts(page)).toBe(1);
  await context.clearCookies();
  await signIn(page, shop);
  await openAwake(page, "/customers/new");
  await expect(page.getByLabel("Note (optional)")).toHaveValue("Ring size 8");

  await context.clearCookies();
  await register(page);
  await expect.poll(() => drafts(page), "whoever comes next finds nothing").toBe(0);
});

test("a second tab keeps nothing once its member has signed out", async ({ page, context }) => {
  await register(page);
  await openAwake(page, "/customers/new");
  const beside = await context.newPage();
  await openAwake(beside, "/");
  await beside.evaluate(() => document.querySelector<HTMLFormElement>("form[action='/api/sign-out']")?.requestSubmit());
  await expect(beside.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await page.bringToFront();
  await page.getByLabel("Note (optional)").fill("Ring size 7");
  // What waits to be kept is kept when the page is hidden.
  await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
  expect(await drafts(page)).toBe(0);
});

test("a sign-out that fails does not end the keeping", async ({ page, problems }) => {
  problems.forgive(/ERR_ABORTED|ERR_FAILED/);
  await page.clock.install();
  await register(page);
  await openAwake(page, "/customers/new");
  await page.route("**/api/sign-out", (route) => route.abort("aborted"));
  await page.evaluate(() => document.querySelector<HTMLFormElement>("form[action='/api/sign-out']")?.requestSubmit());
  await page.getByLabel("Note (optional)").fill("Ring size 7");
  await page.clock.runFor(11_000);
  expect(await drafts(page)).toBe(1);
});
