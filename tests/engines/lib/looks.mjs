/** Looks at rendered pages as a phone shows them. */
import { launch } from "../../browser/lib/browser.mjs";

/** The narrowest phone that counts. */
const WIDTH_PX = 360;

/** In the page: texts whose contrast is below what WCAG calls AA, and how far the page reaches. */
function inspect() {
  const channel = (value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [red, green, blue, alpha = 1] = parts(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!own || element.hasAttribute("disabled")) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(parts(style.color)), luminance(ground(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const large = Number.parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)}: ${element.textContent.trim().slice(0, 40)}`);
  }
  return { faint, width: document.documentElement.scrollWidth };
}

/** What is wrong with these pages (`name`, HTML), by day and by night. */
export async function faultsOf(pages) {
  const browser = await launch();
  const faults = [];
  try {
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport: { width: WIDTH_PX, height: 740 }, colorScheme });
      const page = await context.newPage();
      for (const [name, html] of pages) {
        await page.setContent(html);
        const { faint, width } = await page.evaluate(inspect);
        if (width > WIDTH_PX) faults.push(`${name}, ${colorScheme}: ${width} px wide`);
        faults.push(...faint.map((text) => `${name}, ${colorScheme}: contrast ${text}`));
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return faults;
}
