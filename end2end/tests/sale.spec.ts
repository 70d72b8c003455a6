import { expect, test } from "../support/base.ts";
import { rowsOf } from "../support/csv.ts";
import { mailTo } from "../support/sandbox.ts";
import { addItem, fillAddress, register } from "../support/shop.ts";

const comments = [
  "Ana Ruiz",
  "Top fan",
  "sold A12 7 x2",
  "3h",
  "Like",
  "Reply",
  "Kim Lee Tran",
  "mine b27",
  "2h",
  "Like",
  "Reply",
  "DeShawn Willow",
  "how much is A12?",
  "2h",
  "Like",
  "Reply",
  "Mary Jo Finch",
  "sold B27",
  "1h",
  "Like",
  "Reply",
].join("\n");

test("one sale, from an empty business to a printed label and a report that agrees", async ({ page, server, context }) => {
  await register(page);
  const buyer = `ana-${Date.now()}@buyers.example`;

  await test.step("connect payments and postage", async () => {
    await page.goto("/settings");
    const payments = page.locator("#payments");
    await payments.getByLabel(/key/i).fill("rk_test_endtoend000001");
    await payments.getByRole("button", { name: /connect/i }).click();
    await expect(payments.getByText("0001")).toBeVisible();
    const postage = page.locator("#postage");
    await postage.getByLabel(/key/i).fill("EZTKendtoend000001");
    await postage.getByRole("button", { name: /connect/i }).click();
    await expect(postage.getByText("0001")).toBeVisible();
    const packaging = page.locator("#packaging");
    await packaging.getByLabel("Name of the box or mailer").fill("Small mailer");
    await packaging.getByLabel(/weight/i).fill("0.6");
    await packaging.getByLabel(/length/i).fill("23");
    await packaging.getByLabel(/width/i).fill("15");
    await packaging.getByLabel(/height/i).fill("3");
    await packaging.getByRole("button", { name: "Add packaging" }).click();
    await expect(packaging.getByText("23 × 15 × 3 cm")).toBeVisible();
    const business = page.locator("#business");
    await business.getByLabel("Delivery fee").fill("5.99");
    await business.getByRole("button", { name: "Save" }).click();
    await expect(business.getByText("Saved", { exact: false })).toBeVisible();
  });

  await test.step("add two items", async () => {
    const sizes: [string, string][] = [["6", "2"], ["7", "3"]];
    await addItem(page, { code: "A12", title: "Moon ring", price: "24", weight: "1.5", sizes });
    await addItem(page, { code: "B27", title: "Rose tower", price: "18.50", weight: "1.5", pieces: "1" });
    await page.getByRole("searchbox").fill("rose");
    await expect(page.getByText("Moon ring")).toBeHidden();
    await expect(page.getByText("Rose tower")).toBeVisible();
  });

  await test.step("open a sale, and see the paste read while it is typed", async () => {
    await page.goto("/sell/new");
    await page.getByLabel("Title").fill("Friday night silver");
    await page.getByRole("button", { name: "Open the sale" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Friday night silver" })).toBeVisible();
    await page.getByLabel("Paste comments here").fill(comments);
    const reading = page.getByRole("region", { name: "Reading" });
    await expect(reading.getByText("Ana Ruiz")).toBeVisible();
    await expect(reading.getByText("DeShawn Willow")).toBeVisible();
    await page.getByRole("button", { name: /^Hold \d+ claims?$/ }).click();
    await expect(page.locator(".sale-end")).toContainText(/3 held.*1 waiting/i);
  });

  await test.step("the same paste again adds nothing", async () => {
    await page.getByLabel("Paste comments here").fill(comments);
    await expect(page.getByText(/known already/i).first()).toBeVisible();
    // Nothing is there to be held. On a phone a button that does nothing is not even shown.
    await expect(page.locator(".page-head-action .button:enabled")).toHaveCount(0);
    await page.getByLabel("Paste comments here").fill("");
    await expect(page.locator(".sale-facts")).toContainText("3 held");
  });

  await test.step("give the buyer an address", async () => {
    await page.goto("/customers");
    await page.getByRole("link", { name: "Ana Ruiz" }).click();
    await page.getByLabel("E-mail").fill(buyer);
    await fillAddress(page, "7 Invented Lane");
    await page.getByRole("button", { name: "Save customer" }).click();
    await expect(page.getByText("Saved", { exact: false }).first()).toBeVisible();
  });

  await test.step("bill everyone", async () => {
    await page.goto("/bill");
    await page.getByRole("button", { name: "Bill 2 buyers" }).click();
    await expect(page.getByText(/2 invoices/).first()).toBeVisible();
    await page.getByRole("link", { name: "Ana Ruiz" }).click();
    await expect(page.getByText("$53.99").first()).toBeVisible();
  });

  const seller = page;
  const pay = await context.newPage();
  await test.step("the buyer pays on the gateway's page", async () => {
    const mail = await mailTo(server.sandboxUrl, buyer, /INV-0001/);
    const link = /http:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0] ?? "";
    await pay.goto(link);
    await expect(pay.getByText("$53.99").first()).toBeVisible();
    expect(await pay.locator("script[type=module]").count(), "no WASM on a buyer's page").toBe(0);
    await pay.getByRole("button", { name: "Pay $53.99 with Stripe" }).click();
    await expect(pay).toHaveURL(/\/stripe\/checkout\//);
    await pay.getByRole("button", { name: "Pay $53.99" }).click();
    await expect(pay).toHaveURL(/\/pay\//);
    await expect(pay.getByText(/thank you/i).first()).toBeVisible();
    await pay.close();
  });

  await test.step("the seller sees it without a reload", async () => {
    await expect(seller.getByText("Paid", { exact: true }).first()).toBeVisible();
  });

  await test.step("buy and print the label", async () => {
    await page.goto("/ship");
    await page.getByRole("link", { name: "Ana Ruiz" }).click();
    // A weight that is typed and not saved is saved before anything is asked by another.
    const weight = page.getByLabel("Weight of the contents");
    const stored = await weight.inputValue();
    await weight.fill("9");
    await expect(page.getByRole("button", { name: "Get rates" })).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Save the weight" }).first()).toBeVisible();
    await weight.fill(stored);
    await page.getByRole("button", { name: "Get rates" }).click();
    await page.getByRole("button", { name: /^Buy label · \$/ }).click();
    const print = page.getByRole("link", { name: "Print label" });
    await expect(print).toBeVisible();
    const file = await page.request.get((await print.getAttribute("href")) ?? "");
    expect(file.headers()["content-type"]).toBe("application/pdf");
    const body = (await file.body()).toString("latin1");
    expect(body.startsWith("%PDF")).toBe(true);
    const shipped = await mailTo(server.sandboxUrl, buyer, /On its way/);
    expect(shipped.text).toMatch(/Tracking number: \S+/);
  });

  await test.step("screen and CSV agree", async () => {
    await page.goto("/reports");
    for (const figure of ["$78.48", "$53.99", "$24.49"]) {
      await expect(page.getByText(figure).first()).toBeVisible();
    }
    const csv = await (await page.request.get("/reports.csv")).text();
    const rows = rowsOf(csv);
    const sum = rows.at(-1) ?? [];
    expect(sum.slice(0, 8)).toEqual(["sum", "", "", "3", "78.48", "53.99", sum[6], "24.49"]);
    const lines = rows.slice(1, -1);
    const cents = (column: number) => lines.reduce((total, row) => total + Math.round(Number(row[column]) * 100), 0);
    expect([cents(4), cents(5), cents(7)]).toEqual([7848, 5399, 2449]);
  });
});
