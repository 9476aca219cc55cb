/**
 * A visitor who clicks, types, drags and goes back and forth at random: nothing they do leaves an error or a frozen page.
 * LONGHAND_CLICK_MINUTES (default 0.2) says how long, LONGHAND_CLICK_SEED (default 1) which choices.
 */
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { randomSource } from "../../src/index.ts";
import { visiting } from "./visit.test-helper.ts";

const minutes = Number(process.env.LONGHAND_CLICK_MINUTES ?? 0.2);
const seed = Number(process.env.LONGHAND_CLICK_SEED ?? 1);
/** Longer than anything a page may be busy with. */
const patience = 20_000;

const rooms = ["adder", "neural-gpu", "unfold", "gradients", "regions", "runs"];
const texts = [
  "",
  "0",
  "-1",
  "1e9",
  "387+18",
  "1011*1101",
  "3 1 2",
  "½",
  "x",
  "1/3",
  "NaN",
  "9".repeat(200),
  "<b>",
  "0,0,0",
];
const keys = ["Tab", "Enter", "Space", "ArrowRight", "ArrowLeft", "ArrowDown", "Home", "End", "Escape", "Delete"];
const sizes = [
  { width: 1280, height: 900 },
  { width: 390, height: 800 },
];

visiting("a visitor who clicks at random", ({ open }) => {
  test(`${minutes} minutes, seed ${seed}`, { timeout: minutes * 60_000 + 120_000 }, async () => {
    const stream = randomSource(seed).stream("clicks");
    const below = (limit: number) => stream.integers(new Int32Array(1), 0, limit)[0]!;
    const oneOf = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;
    const done: string[] = [];
    const page = await open(`#/${rooms[0]}`);
    const end = Date.now() + minutes * 60_000;
    try {
      while (Date.now() < end) {
        done.push(await act(page, below, oneOf));
        // A page that computes where it shouldn't doesn't answer.
        await answers(page);
      }
    } catch (error) {
      throw new Error(`after ${done.length} actions, the last: ${done.slice(-8).join("; ")}: ${error}`, {
        cause: error,
      });
    }
    expect(done.length).toBeGreaterThan(5);
    console.log(`${done.length} actions, seed ${seed}`);
    await page.close();
  });
});

type Below = (limit: number) => number;
type OneOf = <Item>(items: readonly Item[]) => Item;

/** One thing that a visitor does. @returns it, in words. */
async function act(page: Page, below: Below, oneOf: OneOf): Promise<string> {
  const kind = below(100);
  if (kind < 6) {
    const room = oneOf(rooms);
    await page.goto(
      `${page.url().split("#")[0]}#/${room}${oneOf(["", `?problem=${encodeURIComponent(oneOf(texts))}`, "?seed=x"])}`,
    );
    return `enter ${room}`;
  }
  if (kind < 9) {
    await (below(2) ? page.goBack() : page.goForward()).catch(() => {});
    if (!page.url().includes("#/")) await page.goForward();
    return "history";
  }
  if (kind < 11) {
    const size = oneOf(sizes);
    await page.setViewportSize(size);
    return `resize to ${size.width}`;
  }
  if (kind < 18) {
    const key = oneOf(keys);
    await page.keyboard.press(key);
    return `key ${key}`;
  }
  if (kind < 26) return drag(page, below);
  const controls = page.locator(
    "main button:visible:enabled, main select:visible:enabled, main input:visible:enabled, main [tabindex='0']:visible, main summary:visible, nav a:visible",
  );
  const count = await controls.count();
  if (count === 0) return "nothing to do";
  return use(controls.nth(below(count)), below, oneOf);
}

/** Uses a control as its kind is used; what has gone meanwhile is let go. */
async function use(control: Locator, below: Below, oneOf: OneOf): Promise<string> {
  const options = { timeout: 1500 };
  try {
    const what = await control.evaluate(
      (element) =>
        `${element.tagName.toLowerCase()} ${element.getAttribute("type") ?? ""} ${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)}`,
      undefined,
      options,
    );
    if (what.startsWith("select")) {
      const count = await control.locator("option").count();
      if (count > 0) await control.selectOption({ index: below(count) }, options);
    } else if (what.startsWith("input range")) {
      await control.focus(options);
      for (let k = 0; k <= below(4); k++)
        await control.press(oneOf(["ArrowRight", "ArrowLeft", "PageUp", "PageDown", "End", "Home"]), options);
    } else if (what.startsWith("input file")) {
      return "no file";
    } else if (/^input (text|number|search| )/.test(what)) {
      await control.fill(oneOf(texts), options).catch(() => {});
    } else {
      await control.click(options);
    }
    return what;
  } catch {
    return "what has gone";
  }
}

async function drag(page: Page, below: Below): Promise<string> {
  const pictures = page.locator("main svg:visible, main canvas:visible");
  const count = await pictures.count();
  const box = count > 0 ? await pictures.nth(below(count)).boundingBox() : null;
  if (!box) return "no picture";
  const point = () => [box.x + (box.width * below(100)) / 100, box.y + (box.height * below(100)) / 100] as const;
  await page.mouse.move(...point());
  await page.mouse.down();
  await page.mouse.move(...point(), { steps: 4 });
  await page.mouse.up();
  return "drag over a picture";
}

async function answers(page: Page): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("the page is frozen")), patience);
  });
  const shown = page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => resolve(document.querySelector("h1") !== null))),
  );
  expect(await Promise.race([shown, tooLate])).toBe(true);
  clearTimeout(timer);
}
