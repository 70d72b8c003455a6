import type { APIRequestContext, Page } from "@playwright/test";
import { expect } from "./base.ts";

/** Names as long as people have, some of them without a place to break a line. */
const ANA = "Maximiliane-Alexandrina Wolfeschlegelsteinhausenbergerdorff";
const KIM = "Nguyễn Thị Lan Hương";
const LONG_TITLE = "Hand-forged sterling silver moon ring with a rainbow moonstone cabochon, oxidised and polished by hand";
const LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/** A business that is full of everything, each thing as long and as large as it may be. */
export interface CrowdedShop {
  /** Every page of the signed-in house, and those of its buyers, with what stands on each. */
  addresses: string[];
  sale: string;
}

/** Registers a business and fills it through the doors that its forms use. What the sandbox must do is done on its pages. */
export async function crowdedShop(page: Page, currency: "USD" | "JPY"): Promise<CrowdedShop> {
  const { request } = page;
  const sum = (dollars: string, yen: string) => (currency === "USD" ? dollars : yen);
  const dear = sum("12345678.90", "12345678");
  await send(request, "/api/register", {
    "form[name]": ANA,
    "form[business_name]": "Harbour Stones & Daughters, Purveyors of Moonlit Silver",
    "form[email]": `crowded-${process.pid}-${currency}-${Date.now()}@a-rather-long-name-of-a-shop.example`,
    "form[password]": "a quiet long password",
    ...address("form[address]"),
    "form[currency]": currency,
    "form[weight_unit]": "oz",
  });
  await send(request, "/api/settings/connect", { provider: "stripe", "form[key]": "rk_test_crowded00000001" });
  await send(request, "/api/settings/connect", { provider: "easypost", "form[key]": "EZTKcrowded00000001" });
  await send(request, "/api/settings/packaging/add", {
    "form[name]": "Padded mailer of recycled kraft paper, the large size",
    "form[weight]": "0.6",
    "form[length]": "23",
    "form[width]": "15",
    "form[height]": "3",
    "form[cost]": sum("0.18", "20"),
    "form[stock]": "1000000",
    "form[was]": "",
  });
  await send(request, "/api/stock/materials/save", {
    id: "",
    ...fields({ name: `Sterling silver from ${LONG_WORD}`.slice(0, 80), purity: "925 of a thousand", unit: "g", rate: sum("123456.789", "123456"), wastage: "12.5", origin: "MX", hs_code: "7113.11" }),
  });

  const variants = ["6½ wide", "7", LONG_WORD.slice(0, 40)];
  const item = (form: Record<string, string>, choices: string[], pieces: string) => ({
    id: "",
    back: "",
    ...fields({ pricing: "fixed", tax_class: "standard", weight: "1.5", ...form }),
    ...(choices.length > 0 ? { "form[options][0]": "Size and width" } : {}),
    ...Object.assign({}, ...(choices.length > 0 ? choices : [""]).map((choice, index) => ({
      ...(choice ? { [`form[variants][${index}][values][0]`]: choice } : {}),
      [`form[variants][${index}][quantity]`]: pieces,
    }))),
  });
  const notes = { tags: "silver, moonstone, one of a kind, handmade in Texas", category: "Rings and other jewelry for the hand", note: LONG_TITLE, description: LONG_TITLE };
  await send(request, "/api/stock/save", item({ code: "MOONRINGSTERLING2026", title: LONG_TITLE, price: dear, low_stock: "1000000", material: "Moonstone", ...notes }, variants, "2"));
  await send(request, "/api/stock/save", item({ code: "A12", title: LONG_WORD, price: dear, sale_price: sum("10000298.49", "10000298"), aliases: "moon, ring, moonstone ring" }, [], "123456"));
  await send(request, "/api/stock/save", item({ code: "B27", title: "Rose tower", price: sum("123456.78", "1234567") }, [], "2"));

  await send(request, "/api/sales/open", fields({ title: "Friday night silver, moonstones and whatever else we find in the long drawer", platform: "facebook", preset: "us", order: "oldest-first", layout: "", seller: "" }));
  const sale = await firstLink(request, "/sell", /\/sell\/[0-9a-f-]{36}/);
  await send(request, "/api/sales/hold", { sale: id(sale), paste: comments, corrections: "" });

  const customers = await links(request, "/customers", /\/customers\/[0-9a-f-]{36}/g);
  let buyer = "";
  for (const customer of customers) {
    const text = await (await request.get(customer)).text();
    if (text.includes(ANA)) buyer = customer;
  }
  await send(request, "/api/customers/save", {
    id: id(buyer),
    back: "",
    ...fields({ name: ANA, email: "maximiliane.alexandrina.wolfeschlegelsteinhausenbergerdorff@buyers.example", phone: "+15125550142", language: "en", note: LONG_TITLE, tags: "VIP, silver, pays at once, lives far away", tax_id: "DE123456789012345678" }),
    ...address("form[addresses][0][address]"),
    "form[addresses][0][label]": "Home of her parents, the yellow house",
    ...address("form[addresses][1][address]"),
    "form[addresses][1][label]": "Work",
    "form[handles][0][platform]": "facebook",
    "form[handles][0][handle]": ANA,
    "form[handles][1][platform]": "instagram",
    "form[handles][1][handle]": "maximiliane.wolfeschlegelsteinhausenbergerdorff.makes.things",
  });
  await send(request, "/api/customers/save", {
    id: "",
    back: "",
    ...fields({ name: "maximiliane.wolfeschlegelsteinhausenbergerdorff", email: "maximiliane.alexandrina.wolfeschlegelsteinhausenbergerdorff@buyers.example" }),
  });
  const twin = await firstLink(request, "/customers?q=maximiliane.wolfe", /\/customers\/[0-9a-f-]{36}/);
  await send(request, "/api/customers/credit", { id: id(buyer), ...fields({ kind: "give", amount: dear, reason: LONG_TITLE.slice(0, 80), key: crypto.randomUUID() }) });

  await send(request, "/api/bill/everyone", {});
  const invoices = await links(request, "/bill", /\/bill\/[0-9a-f-]{36}/g);
  const pays: string[] = [];
  let shipped = "";
  for (const invoice of invoices) {
    const text = await (await request.get(invoice)).text();
    pays.push(/\/pay\/[\w-]+/.exec(text)?.[0] ?? "");
    if (text.includes(KIM)) shipped = invoice;
  }

  // More is claimed after the bills, so that something is held, waits and is to be billed.
  await send(request, "/api/sales/hold", { sale: id(sale), paste: later, corrections: "" });
  const view = await (await request.get(sale)).text();
  const contested = /\/sell\/[0-9a-f-]{36}\/first\/[0-9a-f-]{36}/.exec(view)?.[0] ?? "";

  const ship: string[] = [];
  if (currency === "USD") {
    const kim = await firstLink(request, `/customers?q=${encodeURIComponent(KIM)}`, /\/customers\/[0-9a-f-]{36}/);
    await send(request, "/api/customers/save", { id: id(kim), back: "", ...fields({ name: KIM, email: "kim@buyers.example" }), ...address("form[addresses][0][address]") });
    await payAndShip(page, pays[invoices.indexOf(shipped)] ?? "");
    ship.push(...(await links(request, "/ship?done=1", /\/ship\/[0-9a-f-]{36}/g)));
  }

  await send(request, "/api/stock/counts/begin", fields({ search: "", blind: "false" }));
  const count = await firstLink(request, "/stock/count", /\/stock\/count\/[0-9a-f-]{36}/);
  const counted = /name="form\[variant\]" value="([0-9a-f-]{36})"/g;
  const lines = [...(await (await request.get(count)).text()).matchAll(counted)];
  for (const [, variant = ""] of lines.slice(0, 2)) {
    await send(request, "/api/stock/counts/line", fields({ count: id(count), variant, counted: "987654" }));
  }

  const file = await request.post("/import/file", {
    multipart: { file: { name: `${LONG_WORD}.csv`, mimeType: "text/csv", buffer: Buffer.from(table(dear)) } },
    headers: { accept: "text/html" },
    maxRedirects: 0,
  });
  const unmapped = new URL(file.headers()["location"] ?? "", "http://x").pathname;
  const checked = new URL(
    (
      await request.post("/import/file", {
        multipart: { file: { name: "stock.csv", mimeType: "text/csv", buffer: Buffer.from(table(dear)) } },
        headers: { accept: "text/html" },
        maxRedirects: 0,
      })
    ).headers()["location"] ?? "",
    "http://x",
  ).pathname;
  await send(request, "/api/import/check", {
    id: id(checked),
    ...fields({ subject: "items", has_heading: "true", weight_unit: "oz", dates: "month-first" }),
    ...Object.assign({}, ...["code", "title", "price", "quantity", "note"].map((field, index) => ({ [`form[fields][${index}]`]: field }))),
  });
  await expect(async () => {
    expect(await (await request.get(checked)).text()).toContain("would not be taken");
  }).toPass();

  const items = await links(request, "/stock", /\/stock\/[0-9a-f-]{36}/g);
  const material = await firstLink(request, "/stock/materials", /\/stock\/materials\/[0-9a-f-]{36}/);
  const packaging = await firstLink(request, "/settings", /\/settings\/packaging\/[0-9a-f-]{36}/);
  const sheet = [...(await (await request.get("/stock/tags")).text()).matchAll(/name="(n-[0-9a-f-]{36})"/g)].map(([, name]) => `${name}=2`).join("&");
  const history = ["claims", "invoices", "credit", "parcels"].map((part) => `${buyer}/history/${part}`);
  const addresses = [
    "/", "/sell", "/sell/new", sale, `${sale}/replies`, `${sale}/rules`, contested,
    "/stock", "/stock?filter=1", "/stock/new", ...items, "/stock/find?q=nothing", "/stock/count", count, `${count}?review=1`,
    "/stock/tags", `/stock/tags/sheet?paper=single&code=qr&${sheet}`, "/stock/materials", "/stock/materials/new", material,
    "/bill", "/bill?state=paid", ...invoices, "/ship", "/ship?done=1", ...ship,
    "/customers", "/customers?filter=1", "/customers/new", "/customers/duplicates", buyer, `${buyer}/merge`, `${buyer}/merge?with=${id(twin)}`, ...history,
    "/import", unmapped, checked, `${checked}?part=wrong`, "/export", "/reports", "/settings", "/settings/selling", packaging,
    ...pays, "/stuck", "/privacy",
  ].filter((address) => address !== "");
  return { addresses: [...new Set(addresses)], sale };
}

/** Comments of every kind: claims, one of more than there is, questions, unclear ones, one without a known item. */
const comments = [
  `${ANA}: sold MOONRINGSTERLING2026 7`,
  `${ANA}: sold A12`,
  `${KIM}: sold B27`,
  "Mary Jo Finch: sold B27 x9",
  `DeShawn Willow: how much is A12? ${LONG_TITLE}`,
  "Otto Pine: sold MOONRINGSTERLING2026",
  `Nora Quill: mine ${LONG_WORD}`,
].join("\n");
const later = [`${ANA}: sold A12 x3`, "Uma Vale: sold B27", "Vito Stone: sold MOONRINGSTERLING2026 7 x2", "Walt Reed: sold MOONRINGSTERLING2026 7"].join("\n");

function table(dear: string): string {
  return [
    `Number,What it is,Asked,Left,${LONG_WORD}`,
    `R1,"${LONG_TITLE}",${dear},2,${LONG_WORD}`,
    `R2,${LONG_WORD},"1.250",3,two ways to read it`,
    `A12,Changed,${dear},5,`,
    `,No code,9.00,123456789012345678901234567890,${LONG_WORD}`,
  ].join("\n");
}

function fields(form: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [`form[${name}]`, value]));
}

function address(name: string): Record<string, string> {
  const parts = { line1: "123456 Invented Lane of the Very Long Name", line2: "Apartment 1234567, Building Zinnia", city: "Wolfeschlegelsteinhausenbergerdorf", region: "TX", postal_code: "78701-1234", country: "US" };
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [`${name}[${part}]`, value]));
}

/** Sends a form as the browser's code does. */
async function send(request: APIRequestContext, path: string, form: Record<string, string>): Promise<void> {
  const answer = await request.post(path, { form, headers: { accept: "application/json" }, maxRedirects: 0 });
  expect(answer.status(), `${path} ${await answer.text()}`).toBeLessThan(400);
}

async function links(request: APIRequestContext, address: string, pattern: RegExp): Promise<string[]> {
  return [...new Set((await (await request.get(address)).text()).match(pattern) ?? [])];
}

async function firstLink(request: APIRequestContext, address: string, pattern: RegExp): Promise<string> {
  const found = pattern.exec(await (await request.get(address)).text())?.[0];
  expect(found, `${address} links to ${pattern}`).toBeDefined();
  return found ?? "";
}

function id(address: string): string {
  return /[0-9a-f-]{36}/.exec(address)?.[0] ?? "";
}

/** The buyer pays on the gateway's page, and the seller buys the label. */
async function payAndShip(page: Page, pay: string): Promise<void> {
  await page.goto(pay);
  await page.getByRole("button", { name: /^Pay \$/ }).click();
  await expect(page).toHaveURL(/\/stripe\/checkout\//);
  await page.getByRole("button", { name: /^Pay \$/ }).click();
  await expect(page.getByText(/thank you/i).first()).toBeVisible();
  await page.goto("/ship");
  await page.locator("main").getByRole("link", { name: KIM }).click();
  await page.getByRole("button", { name: "Get rates" }).click();
  await page.getByRole("button", { name: /^Buy label · \$/ }).click();
  await expect(page.getByRole("link", { name: "Print label" })).toBeVisible();
}
