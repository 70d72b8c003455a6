// Checks the contrast of every text and graphic of the style sheet against the ground it stands on, in both themes.
//
// The tokens are read from `style/main.css`, so that a changed colour is checked without touching this file. A colour
// with an alpha is laid over the ground it is named with. Run with `node tools/contrast.mjs`; exit 1 says that a pair
// is below WCAG 2.2 AA: 4.5 for text, 3.0 for large text, outlines of controls and marks that carry meaning.

import { readFileSync } from "node:fs";

const TEXT = 4.5;
const GRAPHIC = 3.0;

/** Foreground, the grounds it stands on (the last is opaque, the ones before it lie over it), least ratio. */
const PAIRS = [
  ...["paper", "surface", "sunken"].flatMap((ground) => [
    ["ink", [ground], TEXT],
    ["ink-2", [ground], TEXT],
    ["ink-3", [ground], TEXT],
    ["spruce", [ground], TEXT],
    ["marigold-ink", [ground], TEXT],
    ["violet", [ground], TEXT],
    ["rose", [ground], TEXT],
    ["line-strong", [ground], GRAPHIC],
  ]),
  ...["spruce", "marigold", "violet", "rose", "ink-3"].flatMap((tone) => {
    const soft = tone === "ink-3" ? "quiet-soft" : `${tone}-soft`;
    const word = { marigold: "marigold-ink", "ink-3": "ink-2" }[tone] ?? tone;
    return ["paper", "surface", "sunken"].flatMap((ground) => [
      [word, [soft, ground], TEXT],
      ["ink", [soft, ground], TEXT],
      ["ink-2", [soft, ground], TEXT],
    ]);
  }),
  ["on-spruce", ["spruce"], TEXT],
  ["on-spruce", ["spruce-strong"], TEXT],
  ["on-marigold", ["marigold"], TEXT],
  ["paper", ["ink"], TEXT],
];

/** Every `--name: light-dark(oklch(…), oklch(…))` of the sheet, as `{ name: [light, dark] }`. */
function readTokens(css) {
  const number = "([\\d.]+)(%?)";
  const colour = `oklch\\(\\s*${number}\\s+${number}\\s+${number}(?:\\s*/\\s*${number})?\\s*\\)`;
  const token = new RegExp(`--([a-z0-9-]+):\\s*light-dark\\(\\s*(${colour})\\s*,\\s*(${colour})\\s*\\)`, "g");
  const tokens = {};
  for (const match of css.matchAll(token)) {
    tokens[match[1]] = [match[2], match[11]].map((text) => parseOklch(text, new RegExp(colour)));
  }
  return tokens;
}

function parseOklch(text, colour) {
  const [, lightness, lightnessUnit, chroma, , hue, , alpha, alphaUnit] = text.match(colour);
  const scaled = (value, unit) => Number(value) / (unit === "%" ? 100 : 1);
  return {
    rgb: oklchToSrgb(scaled(lightness, lightnessUnit), Number(chroma), Number(hue)),
    alpha: alpha === undefined ? 1 : scaled(alpha, alphaUnit),
  };
}

/** Björn Ottosson's OKLab, to gamma-encoded sRGB in 0..1; what lies outside sRGB is clipped, as screens do. */
function oklchToSrgb(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((channel) => {
    const clipped = Math.min(1, Math.max(0, channel));
    return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  });
}

/** WCAG's relative luminance of an sRGB colour. */
function luminance(rgb) {
  const [red, green, blue] = rgb.map((channel) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Lays the colours over each other, the last one at the bottom. */
function flatten(colours) {
  return colours.reduceRight(
    (below, { rgb, alpha }) => rgb.map((channel, index) => channel * alpha + below[index] * (1 - alpha)),
    [0, 0, 0],
  );
}

function contrast(first, second) {
  const [darker, lighter] = [luminance(first), luminance(second)].sort((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

const tokens = readTokens(readFileSync(new URL("../style/main.css", import.meta.url), "utf8"));
const problems = [];
let checked = 0;
for (const [front, grounds, least] of PAIRS) {
  const missing = [front, ...grounds].filter((name) => !(name in tokens));
  if (missing.length > 0) {
    problems.push(`${front} on ${grounds.join(" over ")}: no token ${missing.join(", ")}`);
    continue;
  }
  for (const [theme, name] of ["light", "dark"].entries()) {
    const ground = flatten(grounds.map((token) => tokens[token][theme]));
    const ratio = contrast(tokens[front][theme].rgb, ground);
    checked += 1;
    const line = `${name.padEnd(6)}${front} on ${grounds.join(" over ")}: ${ratio.toFixed(2)} (least ${least.toFixed(1)})`;
    if (process.argv.includes("--all")) console.log(line);
    if (ratio < least) problems.push(line);
  }
}
for (const problem of problems) console.error(`too faint: ${problem}`);
console.log(`${checked} pairs checked, ${problems.length} too faint`);
process.exit(problems.length === 0 ? 0 : 1);
