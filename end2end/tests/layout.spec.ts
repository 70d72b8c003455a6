import { crowdedShop } from "../support/crowded.ts";
import { expect, test } from "../support/base.ts";
import { layoutFaults, unfoldAll } from "../support/layout.ts";

/** Pages with sums of money, which are looked at in a currency without decimals too. */
const withMoney = /^\/$|^\/(bill|sell|reports|customers|pay)(\/|$)/;

for (const currency of ["USD", "JPY"] as const) {
  test(`no page of a crowded business in ${currency} is wider than its screen, cut off or covered`, async ({ page, isMobile }) => {
    // It looks at every page, in two sizes on a phone.
    test.setTimeout(1_200_000);
    const { addresses, sale } = await crowdedShop(page, currency);
    const sizes = isMobile ? [{ width: 320, height: 640 }, { width: 390, height: 844 }] : [{ width: 1280, height: 800 }];
    const looked = currency === "USD" ? addresses : addresses.filter((address) => withMoney.test(address));
    const faults: string[] = [];
    const look = async (address: string, known: string[] = []): Promise<string[]> => {
      const found: string[] = [];
      for (const size of sizes) {
        await page.setViewportSize(size);
        for (const fault of await layoutFaults(page)) found.push(`at ${size.width}: ${fault}`);
      }
      faults.push(...found.filter((fault) => !known.includes(fault)).map((fault) => `${address} ${fault}`));
      return found;
    };
    for (const address of looked) {
      await test.step(address, async () => {
        await page.goto(address);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        const folded = await look(address);
        await unfoldAll(page);
        await look(`${address} (unfolded)`, folded);
      });
    }
    await test.step("a paste that is read", async () => {
      await page.goto(sale);
      await page.getByLabel("Paste comments here").fill("Ana Ruizova of the Long Name: sold A12 x123\nOtto Pine: sold MOONRINGSTERLING2026\nNora Quill: mine");
      await expect(page.getByRole("region", { name: "Reading" }).getByText("Otto Pine")).toBeVisible();
      await look(`${sale} (pasted)`);
    });
    await test.step("a list with chosen rows", async () => {
      await page.goto("/stock");
      await page.locator(".list-form tbody").getByRole("checkbox").first().check();
      await look("/stock (chosen)");
    });
    const named = faults.map((fault) => fault.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…"));
    expect([...new Set(named)]).toEqual([]);
  });
}
