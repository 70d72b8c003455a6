import type { Page } from "@playwright/test";
import { expect } from "./base.ts";

/** A business that a test registers for itself, so that tests do not meet in each other's numbers. */
export interface Shop {
  email: string;
  password: string;
  businessName: string;
}

let registered = 0;

/** Registers a business by hand, as a newcomer would, and ends on Today. */
export async function register(page: Page): Promise<Shop> {
  registered += 1;
  const shop = {
    email: `owner${process.pid}-${registered}-${test_id()}@shop.example`,
    password: "a quiet long password",
    businessName: "Harbour Stones",
  };
  await page.goto("/register");
  await page.getByLabel("Your name").fill("Hazel Harbour");
  await page.getByLabel("Business name").fill(shop.businessName);
  await page.getByLabel("E-mail").fill(shop.email);
  await page.getByLabel("Password").fill(shop.password);
  await fillAddress(page, "3 Quay Street");
  await page.getByLabel("Currency").selectOption("USD");
  await page.getByLabel("Weight unit").selectOption("oz");
  await page.getByRole("button", { name: "Create my business" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
  return shop;
}

/** Signs in and ends on Today. */
export async function signIn(page: Page, shop: Shop): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(shop.email);
  await page.getByLabel("Password").fill(shop.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
}

/** Fills in an invented address in Austin. */
export async function fillAddress(page: Page, street: string): Promise<void> {
  await page.getByLabel("Street and number").fill(street);
  await page.getByLabel("City").fill("Austin");
  await page.getByLabel("State or region").fill("TX");
  await page.getByLabel("Postal code").fill("78701");
  await page.getByLabel("Country").selectOption("US");
}

/** What a test says of an item; the pieces are those of its sizes, where it has some. */
export interface NewItem {
  code: string;
  title: string;
  price: string;
  pieces?: string;
  sizes?: [name: string, pieces: string][];
  weight?: string;
}

/** Opens a folded part of a form, if it is not open yet. */
export async function unfold(page: Page, title: string | RegExp): Promise<void> {
  const fold = page.locator("details.fold").filter({ has: page.locator(".fold-title", { hasText: title }) });
  if ((await fold.getAttribute("open")) === null) await fold.locator("summary").click();
}

/** Fills in the form of an item and leaves it to be saved. */
export async function fillItem(page: Page, item: NewItem): Promise<void> {
  await page.getByLabel("Code", { exact: true }).fill(item.code);
  await page.getByLabel("Title", { exact: true }).fill(item.title);
  await page.getByLabel("Price", { exact: true }).fill(item.price);
  if (item.weight) {
    await unfold(page, "Weight and postage");
    await page.getByLabel("Weight of one piece", { exact: true }).fill(item.weight);
  }
  if (item.pieces) await page.getByLabel("Variant 1 pieces").fill(item.pieces);
  if (item.sizes) {
    await unfold(page, "It comes in sizes");
    await page.getByLabel("First choice", { exact: true }).fill("Size");
    for (const [index, [name, pieces]] of item.sizes.entries()) {
      await page.getByLabel(`Variant ${index + 1} first choice`).fill(name);
      await page.getByLabel(`Variant ${index + 1} pieces`).fill(pieces);
    }
  }
}

/** Adds an item and ends on the list. */
export async function addItem(page: Page, item: NewItem): Promise<void> {
  await page.goto("/stock/new");
  await fillItem(page, item);
  await page.getByRole("button", { name: "Save item" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Stock" })).toBeVisible();
  await expect(page.getByText(item.title).first()).toBeVisible();
}

/** Signs in as the demo's owner. */
export async function enterDemo(page: Page): Promise<void> {
  await page.goto("/demo");
  await page.getByRole("button", { name: "Open the demo business" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
}

/** A word that no other run uses. */
function test_id(): string {
  return Math.random().toString(36).slice(2, 8);
}
