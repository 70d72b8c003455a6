import { expectAccessible } from "../support/accessibility.ts";
import { expect, test } from "../support/base.ts";
import { enterDemo } from "../support/shop.ts";

const places = ["/", "/sell", "/sell/new", "/stock", "/stock/new", "/stock/count", "/stock/tags", "/bill", "/ship", "/customers", "/import", "/export", "/reports", "/settings"];
const lists = ["/sell", "/stock", "/bill", "/customers"];

test("every page wakes up without a complaint, is accessible and fits its screen", async ({ page }) => {
  // It visits every screen, and axe looks at each for seconds.
  test.setTimeout(900_000);
  await enterDemo(page);
  const addresses = [...places];
  for (const list of lists) {
    await page.goto(list);
    const first = page.locator(`main a[href^="${list}/"]:not([href$="/new"])`).first();
    addresses.push((await first.getAttribute("href")) ?? `${list}/nothing`);
  }
  for (const address of addresses) {
    await test.step(address, async () => {
      await page.goto(address);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible(page);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, "nothing sticks out at the side").toBeLessThanOrEqual(0);
    });
  }
});

test("pages for visitors are accessible", async ({ page, problems }) => {
  problems.forgive(/404 .*\/pay\/nothing/);
  for (const address of ["/demo", "/sign-in", "/register", "/privacy", "/pay/nothing"]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
  }
});

test("the phone can install it", async ({ page, request }) => {
  await page.goto("/privacy");
  const manifest = await (await request.get("/manifest.webmanifest")).json();
  expect(manifest.display).toBe("standalone");
  for (const icon of manifest.icons) {
    expect((await request.get(icon.src)).ok(), icon.src).toBe(true);
  }
  await page.goto("/sign-in");
  const active = await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.scriptURL);
  expect(active).toMatch(/service-worker\.js$/);
});
