import { expectAccessible } from "../support/accessibility.ts";
import { expect, test } from "../support/base.ts";

for (const path of ["/privacy", "/sign-in"]) {
  test(`${path} opens for everyone`, async ({ page }) => {
    const response = await page.goto(path);
    expect(response?.status()).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
  });
}
