import type { Page } from "@playwright/test";

/** What may be cut off, because the whole is a tap away: each with where it is read. */
const MAY_BE_CUT = [
  // Opens the page whose head and fields say all of it.
  "tr:has(.row-link) .main",
  "tr:has(.row-link) .sub",
  "tr:has(.row-link) td.wide-only",
  // The name of a page in a phone's top bar: the page itself says it once more, in a field or on the sheet.
  ".page-head-name h1",
  // The name of the business in the frame, which the settings say.
  ".frame-business .cut",
  // What the fields under a folded part say.
  ".fold-about",
  // A few cells of a file that is being read.
  ".import-columns .field-hint",
  // Tags have the size of their paper.
  ".tag-leaf",
];

/** What is wrong with how a page is laid out at the size that it has now, a line each. The page is scrolled meanwhile. */
export async function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate((mayBeCut) => {
    const faults = new Set<string>();
    const width = document.documentElement.clientWidth;
    const named = (element: Element) => {
      const own = element.id ? `#${element.id}` : "";
      const classes = [...element.classList].map((name) => `.${name}`).join("");
      return `${element.tagName.toLowerCase()}${own}${classes}`;
    };
    const where = (element: Element | null) => {
      const parts: string[] = [];
      for (let at = element; at && at !== document.body && parts.length < 4; at = at.parentElement) parts.unshift(named(at));
      return parts.join(" > ");
    };
    const said = (text: string) => `“${text.trim().replace(/\s+/g, " ").slice(0, 60)}”`;
    const style = (element: Element) => getComputedStyle(element);
    // What is cut to a single pixel is there for ears.
    const isForEars = (element: Element) => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        if (style(at).clipPath === "inset(50%)") return true;
      }
      return false;
    };
    const isSeen = (element: Element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

    /** The part that floats over the page and holds an element, if one does. */
    const floating = (element: Element | null) => {
      for (let at = element; at; at = at.parentElement) {
        if (["fixed", "sticky"].includes(style(at).position)) return at;
      }
      return null;
    };

    // No wider than its screen; the innermost part that sticks out is named.
    const wide = document.documentElement.scrollWidth;
    if (wide > width) {
      // What floats is as wide as the page has become.
      const out = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1 && isSeen(element) && !floating(element));
      const innermost = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
      faults.add(`the page is ${wide} px wide on a screen of ${width} px, by ${innermost.slice(0, 3).map(where).join(", ")}`);
    }

    // Every text is read whole, and stands by itself.
    type Piece = { node: Text; box: DOMRect; over: Element | null };
    const pieces: Piece[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let next = texts.nextNode(); next; next = texts.nextNode()) {
      const node = next as Text;
      const parent = node.parentElement;
      if (!parent || !node.data.trim() || !isSeen(parent) || isForEars(parent)) continue;
      if (parent.closest("script, style, option, svg, textarea, .skip")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
      let block: Element | null = parent;
      while (block && ["inline", "contents"].includes(style(block).display)) block = block.parentElement;
      const frame = block?.getBoundingClientRect();
      const isCutOnPurpose = mayBeCut.some((selector) => parent.closest(selector));
      for (const box of boxes) {
        let isCut = false;
        let shown = { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
        for (let at: Element | null = parent; at && at !== document.body; at = at.parentElement) {
          const { overflowX, overflowY } = style(at);
          const around = at.getBoundingClientRect();
          const clipsX = ["hidden", "clip"].includes(overflowX);
          const clipsY = ["hidden", "clip"].includes(overflowY);
          if (clipsX && (box.right > around.right + 1 || box.left < around.left - 1)) isCut = true;
          if (clipsY && (box.bottom > around.bottom + 2 || box.top < around.top - 2)) isCut = true;
          if (overflowX !== "visible") {
            shown = { ...shown, left: Math.max(shown.left, around.left), right: Math.min(shown.right, around.right) };
          }
          if (overflowY !== "visible") {
            shown = { ...shown, top: Math.max(shown.top, around.top), bottom: Math.min(shown.bottom, around.bottom) };
          }
        }
        if (isCut && !isCutOnPurpose) faults.add(`cut off: ${said(node.data)} in ${where(parent)}`);
        if (!isCut && frame && (box.right > frame.right + 1 || box.left < frame.left - 1)) {
          faults.add(`runs out of its box: ${said(node.data)} in ${where(block)}`);
        }
        if (shown.right - shown.left > 1 && shown.bottom - shown.top > 1) {
          const seen = new DOMRect(shown.left, shown.top, shown.right - shown.left, shown.bottom - shown.top);
          pieces.push({ node, box: seen, over: floating(parent) });
        }
      }
    }
    pieces.sort((one, other) => one.box.top - other.box.top);
    pieces.forEach((one, index) => {
      for (const other of pieces.slice(index + 1)) {
        if (other.box.top >= one.box.bottom - 2) break;
        if (one.node === other.node || one.over !== other.over) continue;
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        // Boxes of a line are higher than its letters.
        if (across > 2 && down > Math.min(one.box.height, other.box.height) / 3) {
          faults.add(`one over the other: ${said(one.node.data)} and ${said(other.node.data)} in ${where(one.node.parentElement)}`);
        }
      }
    });

    // What floats is no veil, and hides nothing that cannot be scrolled from beneath it.
    const isOpaque = (element: Element) => {
      const alpha = /\/ ([\d.]+)\)$|rgba\(.*, ([\d.]+)\)$/.exec(style(element).backgroundColor);
      return style(element).backgroundColor !== "rgba(0, 0, 0, 0)" && Number(alpha?.[1] ?? alpha?.[2] ?? 1) === 1;
    };
    for (const element of document.querySelectorAll("body *")) {
      const { position, opacity } = style(element);
      if (position !== "fixed" || !isSeen(element) || !element.textContent?.trim()) continue;
      // The name of the page and the business stand on the bar at the top.
      if (element.matches(".page-head-name, .frame-business, .skip, .toasts")) continue;
      if (!isOpaque(element) || Number(opacity) < 1) faults.add(`shines through: ${where(element)}`);
    }
    const targets = [...document.querySelectorAll("main a[href], main button, main input, main select, main textarea, main summary, main .num, main .amount, main .badge")];
    const covered = (isWanted: (box: DOMRect) => boolean) => {
      for (const target of targets) {
        const box = target.getBoundingClientRect();
        if (!isSeen(target) || box.width < 2 || box.height < 2 || !isWanted(box) || isForEars(target)) continue;
        if (target.matches(".row-link")) continue;
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        if (x < 0 || x >= width || y < 0 || y >= window.innerHeight) continue;
        const hit = document.elementFromPoint(x, y);
        const over = floating(hit);
        if (hit && over && over !== floating(target) && !over.contains(target)) {
          faults.add(`covered by ${where(over)}: ${said(target.textContent ?? "") + where(target)}`);
        }
      }
    };
    const middle = window.innerHeight / 2;
    window.scrollTo(0, document.documentElement.scrollHeight);
    covered((box) => box.top > middle);
    window.scrollTo(0, 0);
    covered((box) => box.bottom < middle);
    return [...faults];
  }, MAY_BE_CUT);
}

/** Unfolds everything on the page that can be. */
export async function unfoldAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    // Menus lie over the page when they are open, which is what they are for.
    document.querySelectorAll("main details:not(.menu)").forEach((details) => ((details as HTMLDetailsElement).open = true));
  });
}
