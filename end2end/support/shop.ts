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
