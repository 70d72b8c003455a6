// Takes the pictures under docs/ of a running demo: node pictures.mjs http://127.0.0.1:3000
import { chromium } from "@playwright/test";

const base = process.argv[2] ?? "http://127.0.0.1:3000";
const folder = new URL("../docs/", import.meta.url).pathname;
const paste = [
  "Ana Ruiz: sold A12 7 x2",
  "Kim Lee Tran: mine b27",
  "Mary Jo Finch: sold A12",
  "DeShawn Willow: how much is A14?",
  "Nora Quill: sold candle x3",
  "Otto Pine: sold A14 and A13",
].join("\n");

const browser = await chromium.launch({
  executablePath: process.env.SELLTRAC_CHROMIUM || undefined,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
for (const [size, options] of [
  ["desktop", { viewport: { width: 1280, height: 800 } }],
  ["phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
]) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const take = async (name) => {
    await page.waitForTimeout(1200);
    await page.screenshot({ path: `${folder}${name}-${size}.png` });
  };
  await page.goto(`${base}/demo`);
  await page.getByRole("button", { name: "Open the demo business" }).click();
  await page.goto(`${base}/bill`);
  await page.getByRole("link", { name: size === "desktop" ? "Ana Ruiz" : "Mary Jo Finch" }).first().click();
  const link = page.locator('input[value*="/pay/"]').first();
  await link.waitFor();
  await page.goto(await link.inputValue());
  await take("pay");
  if (size === "desktop") {
    // One buyer pays, so that there is something to ship.
    await page.getByRole("button", { name: /with Stripe/ }).click();
    await page.getByRole("button", { name: /^Pay \$/ }).click();
    await page.waitForTimeout(4000);
  }
  for (const place of ["", "sell", "stock", "bill", "ship", "customers", "reports", "settings"]) {
    await page.goto(`${base}/${place}`);
    await take(place || "today");
  }
  for (const [list, name] of [["sell", "sale"], ["stock", "item"], ["bill", "invoice"], ["ship", "shipment"]]) {
    await page.goto(`${base}/${list}`);
    const found = page.locator(`main a[href^="/${list}/"]:not([href$="/new"])`).last();
    await page.goto(base + (await found.getAttribute("href")));
    if (name === "sale") {
      await page.waitForTimeout(1500);
      await page.getByLabel("Paste comments here").fill(paste);
    }
    await take(name);
  }
  await context.close();
}
await browser.close();
