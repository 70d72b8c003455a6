import { expect, test } from "@playwright/test";
import { rowsOf } from "../support/csv.ts";
import { mailTo } from "../support/sandbox.ts";
import { DemoServer } from "../support/server.ts";

// A job that was cut off is taken up again when its lease of twenty seconds has run out.
const leaseMilliseconds = 60_000;

// The server is killed between the steps of a sale, as by a power cut, and started again on the same data.
test("a killed server goes on with nothing lost and nothing doubled", async ({ page, context }) => {
  test.setTimeout(900_000);
  const server = await DemoServer.start();
  try {
    const at = (path: string) => server.url + path;
    const enter = async () => {
      await page.goto(at("/demo"));
      await page.getByRole("button", { name: "Open the demo business" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Today" })).toBeVisible();
    };
    await enter();
    await page.goto(at("/sell/new"));
    await page.getByLabel("Title").fill("Crash night");
    await page.getByRole("button", { name: "Open the sale" }).click();
    await page.getByLabel("Paste comments here").fill("Nora Quill: sold A14\nOtto Pine: sold A14\nNora Quill: sold C3");
    await page.getByRole("button", { name: "Hold 3 claims" }).click();
    await expect(page.getByText(/3 held/).first()).toBeVisible();
    await server.crashAndRestart();

    // The session, the claims and the numbers are there.
    await page.goto(at("/customers"));
    await page.getByRole("link", { name: "Nora Quill" }).click();
    await page.getByLabel("E-mail").fill("nora@buyers.example");
    await page.getByLabel("Street and number").fill("9 Invented Lane");
    await page.getByLabel("City").fill("Austin");
    await page.getByLabel("State or region").fill("TX");
    await page.getByLabel("Postal code").fill("78701");
    await page.getByLabel("Country").selectOption("US");
    await page.getByRole("button", { name: "Save customer" }).click();
    await expect(page.getByText("Saved", { exact: false }).first()).toBeVisible();
    await page.goto(at("/bill"));
    await page.getByRole("button", { name: "Bill 2 buyers" }).click();
    // Killed while the click or the mails are on their way: each is sent, perhaps twice, with one message id.
    await server.crashAndRestart();
    await page.goto(at("/bill"));
    const lostClick = page.getByRole("button", { name: "Bill 2 buyers" });
    if (await lostClick.isVisible()) await lostClick.click();
    const mail = await mailTo(server.sandboxUrl, "nora@buyers.example", /INV-/, leaseMilliseconds);

    const pay = await context.newPage();
    await pay.goto(/http:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0] ?? "");
    await pay.getByRole("button", { name: /^Pay \$60\.89 with Stripe$/ }).click();
    await expect(pay).toHaveURL(/\/stripe\/checkout\//);
    await server.crashAndRestart();
    await pay.goto(pay.url());
    await pay.getByRole("button", { name: "Pay $60.89" }).click();
    await server.crashAndRestart();
    await pay.goto(/http:\/\/\S+\/pay\/[^\s?]+/.exec(mail.text)?.[0] ?? "");
    await expect(async () => {
      await pay.reload();
      await expect(pay.getByText(/thank you/i).first()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: leaseMilliseconds });

    await page.goto(at("/ship"));
    await page.getByRole("link", { name: "Nora Quill" }).click();
    await page.getByRole("button", { name: "Get rates" }).click();
    await page.getByRole("button", { name: /^Buy label/ }).click();
    await expect(page.getByText(/Buying the label|Fetching the label|Print label/).first()).toBeVisible();
    await server.crashAndRestart();
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole("link", { name: "Print label" })).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: leaseMilliseconds });

    const calls = await (await page.request.get(`${server.sandboxUrl}/calls.json?provider=easypost&operation=buy`)).json();
    expect(calls.length, "one purchase").toBeLessThanOrEqual(1);
    const csv = await (await page.request.get(at("/reports.csv"))).text();
    const nora = rowsOf(csv).filter((row) => row[2] === "Nora Quill");
    expect(nora).toHaveLength(1);
    expect(nora[0]?.slice(3, 6)).toEqual(["2", "60.89", "60.89"]);
  } finally {
    await server.stop();
  }
});
