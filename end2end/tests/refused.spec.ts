import type { Page } from "@playwright/test";
import { openAwake } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { register } from "../support/shop.ts";

/** Whether all of what has the focus is on the screen, below what floats at its top. */
async function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const box = document.activeElement?.getBoundingClientRect();
    const bar = document.querySelector(".frame") && window.innerWidth < 864 ? 52 : 0;
    return document.activeElement !== document.body && !!box && box.top >= bar && box.top < window.innerHeight;
  });
}

async function forgetDrafts(page: Page): Promise<void> {
  await page.goto("about:blank");
  await page.goto("/manifest.webmanifest");
  await page.evaluate(() => localStorage.clear());
}

/** Forms of every kind, each with what is typed into it, its button, and how its summary begins. */
const forms: { name: string; page: string; answers: [label: string, value: string][]; button: string; lines: string[] }[] = [
  {
    name: "a new customer",
    page: "/customers/new",
    answers: [["E-mail (optional)", "nope"]],
    button: "Save customer",
    lines: ["Name: Please fill this in.", "E-mail: This does not look like an e-mail address."],
  },
  {
    name: "a name of a customer that is too long",
    page: "/customers/new",
    answers: [["Name", "Ana"], ["Name 1", "x".repeat(121)]],
    button: "Save customer",
    lines: ["Name 1: At most 120 characters, please."],
  },
  {
    name: "the business",
    page: "/settings",
    answers: [["Business name", ""]],
    button: "Save",
    lines: ["Business name: Please fill this in."],
  },
  {
    name: "an item with a wrong variant",
    page: "/stock/new",
    answers: [["Code", "A1"], ["Title", "Ring"], ["Price", "99999999999999"], ["Variant 1 pieces", "many"]],
    button: "Save item",
    lines: ["Price: At most $10,000,000,000.00, please.", "Variant 1 pieces: Write a whole number."],
  },
  { name: "a sale", page: "/sell/new", answers: [["Title", ""]], button: "Open the sale", lines: ["Title: Please fill this in."] },
  {
    name: "a material",
    page: "/stock/materials/new",
    answers: [["Wastage (optional)", "200"]],
    button: "Save material",
    lines: ["Name: Please fill this in.", "Wastage: At most 100, please."],
  },
];

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ problems }) => problems.forgive(/status of 422|selltrac\.\S+\.js: csp/));

    test("a refused form leads to its summary, which names each field and leads to it", async ({ page }) => {
      await register(page);
      for (const form of forms) {
        await test.step(form.name, async () => {
          // What was typed into the form before it would be put back, at some moment.
          if (javaScriptEnabled) await forgetDrafts(page);
          await page.goto(form.page);
          for (const [label, value] of form.answers) await page.getByLabel(label, { exact: true }).first().fill(value);
          await page.getByRole("button", { name: form.button, exact: true }).first().click();
          const summary = page.locator(".error-summary");
          const count = form.lines.length;
          await expect(summary.getByRole("heading")).toHaveText(count === 1 ? "Fix 1 field" : `Fix ${count} fields`);
          await expect(summary.getByRole("link")).toHaveText(form.lines);
          await expect(summary).toBeFocused();
          await expect(summary).toBeInViewport();
          expect(await isFocusSeen(page), "the summary is not beneath a bar").toBe(true);
          await summary.getByRole("link").first().click();
          await expect(page.locator(":focus")).toHaveAttribute("aria-invalid", "true");
          expect(await isFocusSeen(page), "the field is not beneath a bar").toBe(true);
        });
      }
    });
  });
}

test("who sends a form again that is still wrong comes to the summary again", async ({ page, problems }) => {
  problems.forgive(/status of 422/);
  await register(page);
  await page.goto("/customers/new");
  const save = page.getByRole("button", { name: "Save customer" });
  await save.click();
  const summary = page.locator(".error-summary");
  await expect(summary).toBeFocused();
  await save.scrollIntoViewIfNeeded();
  await save.click();
  await expect(summary).toBeFocused();
  await expect(summary).toBeInViewport();
});

test("a form without a summary leads to the field that is wrong", async ({ page, problems }) => {
  problems.forgive(/status of 422/);
  await register(page);
  await page.goto("/settings");
  const key = page.locator("#payments").getByLabel(/key/i);
  await page.locator("#payments").getByRole("button", { name: /connect/i }).click();
  await expect(key).toBeFocused();
  await expect(key).toHaveAttribute("aria-invalid", "true");
});

test("a registration that is refused leads to its summary", async ({ page, problems }) => {
  problems.forgive(/status of 422/);
  await page.goto("/register");
  await page.getByRole("button", { name: "Create my business" }).click();
  const summary = page.locator(".error-summary");
  await expect(summary.getByRole("heading")).toHaveText(/^Fix \d+ fields$/);
  await expect(summary.getByRole("link").first()).toHaveText("Your name: Please fill this in.");
  await expect(summary).toBeFocused();
  await expect(summary).toBeInViewport();
});

test("a refusal that stands beside its form is led to, whatever else is hidden on the page", async ({ page }) => {
  await register(page);
  await openAwake(page, "/customers");
  await page.evaluate(() => {
    const form = `<form method="post" action="/api/refused"><button>Go</button></form><div class="notice" data-tone="wrong">Not this time.</div>`;
    document.querySelector("main")?.insertAdjacentHTML("beforeend", form);
    const added = document.querySelector<HTMLFormElement>("form[action='/api/refused']");
    added?.addEventListener("submit", (event) => event.preventDefault());
    added?.requestSubmit();
    document.dispatchEvent(new CustomEvent("selltrac:refused", { detail: "/api/refused" }));
  });
  await expect(page.getByText("Not this time.")).toBeFocused();
});
