import { expectAccessible } from "../support/accessibility.ts";
import { keepAsleep } from "../support/asleep.ts";
import { openAwake, openAwakeIf } from "../support/awake.ts";
import { expect, test } from "../support/base.ts";
import { addItem, fillItem, register, unfold } from "../support/shop.ts";

test("an item by weight follows its rate, and four answers are enough for a plain one", async ({ page, problems }) => {
  // A form that needs another look is answered with 422, which the browser notes.
  problems.forgive(/status of 422/);
  await register(page);
  await test.step("a material is taught by its empty place", async () => {
    await page.goto("/stock/materials");
    await expect(page.getByText("No materials yet")).toBeVisible();
    await page.getByRole("link", { name: "Add the first material" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Sterling silver");
    await page.getByLabel("Rate (optional)").fill("0.85");
    await page.getByLabel("For one of").selectOption("g");
    await page.getByLabel("Wastage (optional)").fill("10");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Save material" }).click();
    await expect(page.getByText("$0.85/g")).toBeVisible();
  });

  await test.step("the price is worked out while it is typed", async () => {
    await page.goto("/stock/new");
    await expect(page.getByLabel("Code", { exact: true })).toHaveValue("A1");
    await page.getByLabel("Title", { exact: true }).fill("Wave bangle");
    await page.getByLabel("By weight", { exact: true }).check();
    await expect(page.getByLabel("Price", { exact: true })).toBeHidden();
    await page.getByLabel("Material", { exact: true }).fill("Sterling silver");
    await page.getByLabel("Net weight of one piece", { exact: true }).fill("32 g");
    await expect(page.getByText("$0.85/g × 32 g + 10%")).toBeVisible();
    await expect(page.locator(".price-worked")).toContainText("29.92");
    await page.getByLabel("Variant 1 pieces").fill("4");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Save item" }).click();
    // The form says both too, until the list is there.
    await expect(page.getByRole("heading", { level: 1, name: "Stock" })).toBeVisible();
    await expect(page.getByText("29.92")).toBeVisible();
    await expect(page.getByText("$0.85/g × 32 g + 10%")).toBeVisible();
  });

  await test.step("the rate is changed in place, and that is undone", async () => {
    await openAwake(page, "/stock/materials");
    await page.locator("summary", { hasText: "Change the rate of Sterling silver" }).click();
    await page.getByLabel("Rate", { exact: true }).fill("1");
    await page.getByRole("button", { name: "Set rate" }).click();
    await expect(page.getByText("$1.00/g")).toBeVisible();
    await expect(page.getByText("1 item follows the rate")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByText("$0.85/g")).toBeVisible();
    await page.getByRole("link", { name: "Sterling silver" }).click();
    await expect(page.getByRole("heading", { name: "Rates so far" })).toBeVisible();
    await expect(page.locator(".timeline li")).toHaveCount(3);
  });

  await test.step("a code is taken however it is written", async () => {
    await addItem(page, { code: "A12", title: "Moon ring", price: "24", pieces: "3" });
    await page.goto("/stock/new");
    await fillItem(page, { code: "ａ12", title: "Another ring", price: "9", pieces: "1" });
    await page.getByRole("button", { name: "Save item" }).click();
    await expect(page.getByText("“A12 Moon ring” has this already.").first()).toBeVisible();
    await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Another ring");
  });

  await test.step("a word that two items have is warned of while it is typed", async () => {
    await page.goto("/stock/new");
    await page.getByLabel("Code", { exact: true }).fill("a-12");
    const keywords = page.locator("details.fold").filter({ hasText: "Keywords" });
    // The line says it and nothing unfolds: a thumb may be on its way to the button below.
    await expect(keywords.locator("summary")).toContainText("1 word could mean another item");
    expect(await keywords.getAttribute("open")).toBeNull();
    await expectAccessible(page);
    await page.getByLabel("Code", { exact: true }).fill("A13");
    await expect(keywords.locator("summary")).not.toContainText("another item");
    await unfold(page, "Keywords");
    await page.getByLabel("Also called", { exact: true }).fill("moon ring, A12");
    await expect(page.getByText("A comment with it goes to review.").first()).toBeVisible();
  });
});

test.describe("a page that sleeps", () => {
  test.use({ serviceWorkers: "block" });

  test("what is chosen and typed before the page wakes up counts", async ({ page }) => {
    await register(page);
    const wake = await keepAsleep(page);
    await page.goto("/stock/new");
    await page.getByLabel("By weight", { exact: true }).check();
    await unfold(page, "It comes in sizes");
    await page.getByLabel("Values of the first choice").fill("6, 7");
    await page.getByLabel("Title", { exact: true }).fill("Sleepy ring");
    await expect(page.getByLabel("Material", { exact: true })).toBeHidden();
    wake();
    await expect(page.getByLabel("Material", { exact: true })).toBeVisible();
    await expect(page.getByLabel("Variant 2 first choice")).toHaveValue("7");
    await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Sleepy ring");
    await expect(page.getByLabel("By weight", { exact: true })).toBeChecked();
  });
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "materials with JavaScript" : "materials without JavaScript", () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ problems }) => problems.forgive(/status of 422|selltrac\.\S+\.js: csp/));

    test("a material is removed, says what it stays with, and comes back", async ({ page }) => {
      await register(page);
      await page.goto("/stock/materials/new");
      await page.getByLabel("Name", { exact: true }).fill("Sterling silver");
      await page.getByLabel("Rate (optional)").fill("0.85");
      await page.getByRole("button", { name: "Save material" }).click();
      await expect(page.getByText("$0.85")).toBeVisible();
      await openAwakeIf(javaScriptEnabled, page, "/stock/new");
      await page.getByLabel("Code", { exact: true }).fill("W1");
      await page.getByLabel("Title", { exact: true }).fill("Wave bangle");
      await page.getByLabel("By weight", { exact: true }).check();
      await unfold(page, "Material and net weight");
      await page.getByLabel("Material", { exact: true }).fill("Sterling silver");
      await page.getByLabel("Net weight of one piece", { exact: true }).fill("32 g");
      await page.getByLabel("Variant 1 pieces").fill("4");
      await page.getByRole("button", { name: "Save item" }).click();
      // The form says it too, until the list is there.
      await expect(page.getByRole("heading", { level: 1, name: "Stock" })).toBeVisible();
      await expect(page.getByText("27.20")).toBeVisible();

      await page.goto("/stock/materials");
      await page.getByRole("link", { name: "Sterling silver" }).click();
      await expect(page.getByRole("link", { name: "W1 Wave bangle" })).toBeVisible();
      await expect(page.getByText("Its price follows the rate")).toBeVisible();
      await page.getByRole("button", { name: "Remove material" }).click();
      const told = page.locator(".toast");
      await expect(told).toContainText("The item that is made of it keeps it, and its price by weight.");
      await told.getByRole("button", { name: "Undo" }).click();
      await expect(page.getByText("1 item follows the rate")).toBeVisible();

      await page.getByRole("link", { name: "Sterling silver" }).click();
      await page.getByRole("button", { name: "Remove material" }).click();
      await expect(told).toBeVisible();
      if (javaScriptEnabled) await expectAccessible(page); // axe is a script itself.
      await page.goto("/stock/new");
      await expect(page.locator("#materials option")).toHaveCount(0);
      await page.goto("/stock");
      await expect(page.getByText("27.20")).toBeVisible();
      await page.goto("/stock/materials");
      await unfold(page, "Removed (1)");
      await page.getByRole("button", { name: "Put back Sterling silver" }).click();
      await expect(page.locator(".rate-change")).toBeVisible();
    });

    test("a packaging is changed, removed and put back", async ({ page }) => {
      await register(page);
      await page.goto("/settings");
      const packaging = page.locator("#packaging");
      const fill = async (label: string | RegExp, text: string) => page.getByLabel(label).fill(text);
      await fill("Name of the box or mailer", "Small mailer");
      await fill("Empty weight", "0.6");
      await fill("Length", "23");
      await fill("Width", "15");
      await fill("Height", "3");
      await packaging.getByRole("button", { name: "Add packaging" }).click();
      await packaging.getByRole("link", { name: "Small mailer" }).click();
      await expect(page.getByLabel("Length")).toHaveValue("23");
      await fill("Name of the box or mailer", "Padded mailer");
      await fill("Height", "many");
      await page.getByRole("button", { name: "Save packaging" }).click();
      await expect(page.locator("#packaging-height-error")).toBeVisible();
      await expect(page.getByLabel("Name of the box or mailer")).toHaveValue("Padded mailer");
      if (javaScriptEnabled) await expectAccessible(page);
      await fill("Height", "4.5");
      await page.getByRole("button", { name: "Save packaging" }).click();
      await expect(packaging.getByText("23 × 15 × 4.5 cm")).toBeVisible();

      await openAwakeIf(javaScriptEnabled, page, "/settings");
      await packaging.getByRole("button", { name: "Remove Padded mailer" }).click();
      await expect(packaging.getByText("No box or mailer yet.")).toBeVisible();
      if (javaScriptEnabled) {
        await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
      } else {
        await unfold(page, "Removed (1)");
        await packaging.getByRole("button", { name: "Put back Padded mailer" }).click();
      }
      await expect(packaging.getByRole("link", { name: "Padded mailer" })).toBeVisible();
    });
  });
}

test("variants are a grid that makes, pastes, fills and takes back rows", async ({ page }, testInfo) => {
  await register(page);
  await page.goto("/stock/new");
  await page.getByLabel("Title", { exact: true }).fill("Stacking ring");
  await page.getByLabel("Price", { exact: true }).fill("20");
  await page.getByLabel("Variant 1 pieces").fill("5");
  await unfold(page, "It comes in sizes");
  await page.getByLabel("First choice", { exact: true }).fill("Size");
  await page.getByLabel("Values of the first choice").fill("6, 7, 8");
  await page.getByLabel("Values of the first choice").blur();
  await expect(page.getByLabel("Variant 1 first choice")).toHaveValue("6");
  await expect(page.getByLabel("Variant 1 pieces")).toHaveValue("5");
  await expect(page.getByLabel("Variant 3 first choice")).toHaveValue("8");
  await page.getByLabel("Second choice", { exact: true }).fill("Metal");
  await page.getByLabel("Values of the second choice").fill("gold, silver");
  await page.getByLabel("Values of the second choice").press("Enter");
  await expect(page.getByLabel("Variant 6 first choice")).toHaveValue("8");
  await expect(page.getByLabel("Variant 6 second choice")).toHaveValue("silver");

  await test.step("a block of a spreadsheet fills cells", async () => {
    const price = page.getByLabel("Variant 1 price");
    await price.focus();
    await price.evaluate((cell) => {
      const data = new DataTransfer();
      data.setData("text/plain", "21\t\n22\t");
      cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await expect(page.getByLabel("Variant 1 price")).toHaveValue("21");
    await expect(page.getByLabel("Variant 2 price")).toHaveValue("22");
  });

  await test.step("keys move, and Enter does not send", async () => {
    await page.getByLabel("Variant 1 price").press("ArrowDown");
    await expect(page.getByLabel("Variant 2 price")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("Variant 3 price")).toBeFocused();
    await page.keyboard.press("Control+d");
    await expect(page.getByLabel("Variant 3 price")).toHaveValue("22");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await expect(page.getByLabel("Variant 1 price")).toBeFocused();
  });

  if (!testInfo.project.name.includes("phone")) {
    await page.getByRole("button", { name: "Fill down: Pieces" }).click();
    await expect(page.getByLabel("Variant 6 pieces")).toHaveValue("5");
  } else {
    for (let row = 2; row <= 6; row += 1) await page.getByLabel(`Variant ${row} pieces`).fill("5");
  }

  await page.getByRole("button", { name: "Remove variant 6" }).click();
  await expect(page.getByLabel("Variant 6 pieces")).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByLabel("Variant 6 second choice")).toHaveValue("silver");
  await page.getByRole("button", { name: "Remove variant 5" }).click();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Save item" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Stock" })).toBeVisible();
  await page.getByRole("link", { name: /Stacking ring/ }).click();
  await expect(page.getByLabel("Variant 5 second choice")).toHaveValue("silver");
  await expect(page.getByLabel("Variant 5 pieces")).toHaveValue("5");
  await expect(page.getByLabel("Variant 6 pieces")).toHaveValue("");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ problems }) => problems.forgive(/status of 422|selltrac\.\S+\.js: csp/));

  test("values make rows when the form is sent", async ({ page }) => {
    await register(page);
    await page.goto("/stock/new");
    await fillItem(page, { code: "R1", title: "Plain ring", price: "20", pieces: "2" });
    await unfold(page, "It comes in sizes");
    await page.getByLabel("First choice", { exact: true }).fill("Size");
    await page.getByLabel("Values of the first choice").fill("6, 7");
    await page.getByRole("button", { name: "Save item" }).click();
    await page.getByRole("link", { name: /Plain ring/ }).click();
    await expect(page.getByLabel("Variant 1 first choice")).toHaveValue("6");
    await expect(page.getByLabel("Variant 1 pieces")).toHaveValue("2");
    await expect(page.getByLabel("Variant 2 first choice")).toHaveValue("7");
    await expect(page.getByLabel("Variant 2 pieces")).toHaveValue("0");
  });
});
