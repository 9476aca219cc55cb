/** The room of lines and regions, as a visitor uses it; what it says against the library. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { arrangementOf, type Line, type Point } from "../../lab/rooms/regions/lines.ts";
import { markOf } from "../../lab/rooms/regions/marks.ts";
import { exercise, presets } from "../../lab/rooms/regions/presets.ts";
import {
  arrangementCounts,
  decodeModel,
  drawnLines,
  findRegions,
  genericRegionCounts,
  importModel,
  type Region,
  rationals,
  reference,
  regionNetwork,
  regionsFrame,
  regionsOf,
  wrongRegions,
} from "../../src/index.ts";
import { visiting } from "./visit.test-helper.ts";

const five = arrangementOf(exercise.lines);
const regions = regionsOf(five);
const viewport = { width: 1280, height: 1200 };

/** Where a point of the sheet is on the screen. */
async function spot(page: Page, [x, y]: Point, half = 5): Promise<[number, number]> {
  const box = (await page.locator("svg.overlay").boundingBox())!;
  const { width, left, top, side } = regionsFrame({ title: "" });
  const scale = box.width / width;
  const at = (value: number, from: number) => scale * (from + (side * value) / (2 * half));
  return [box.x + at(x + half, left), box.y + at(half - y, top)];
}
async function drag(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(...(await spot(page, from)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(page, to)), { steps: 5 });
  await page.mouse.up();
}
const inside = ({ point }: Region) => point.map(rationals.toNumber) as [number, number];

const count = (page: Page, name: string) => page.locator(`[data-count="${name}"]`);
const counts = (page: Page) =>
  expect.poll(() =>
    Promise.all(["regions", "bounded", "points", "edges"].map((name) => count(page, name).innerText())),
  );
const shaded = (page: Page) =>
  expect.poll(() => page.locator("path.shaded").evaluateAll((all) => all.map((one) => one.dataset.region)));

async function linesIn(page: Page): Promise<Line[]> {
  const hash = new URLSearchParams((await page.evaluate<string>("location.hash")).split("?")[1]);
  return (hash.get("lines") ?? "").split("*").map((text) => {
    const [a, b, c, d] = text.split("_").map(Number) as [number, number, number, number];
    return { from: [a, b], to: [c, d] };
  });
}
async function saved(page: Page, press: () => Promise<void>): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return readFileSync((await download.path())!);
}
const sized = (page: Page, units: string) =>
  page.locator("text.title", { hasText: `${units} threshold units` }).waitFor();
const save = (page: Page, figure: string, kind: string) => () =>
  page
    .getByRole("group", { name: `Save ${figure}`, exact: true })
    .getByRole("button", { name: kind })
    .click();

test("the room's lines for exercise 3 make the same regions, with the same labels, as those of the command line", () => {
  const given = regionsOf(drawnLines(5));
  const named = (list: readonly Region[]) => list.map(({ label, signs }) => `${label} ${signs}`);
  expect(named(regions)).toEqual(named(given));
  expect(exercise.marks.map((mark) => mark.replaceAll("1", "+").replaceAll("0", "-"))).toEqual(
    findRegions(regions, ["A", "D", "G"]).map(({ signs }) => signs),
  );
});

test.each(presets)("$title: each mark is a region, and the network for them is right", async ({ lines, marks }) => {
  const arrangement = arrangementOf(lines);
  const all = regionsOf(arrangement);
  const chosen = findRegions(
    all,
    marks.map((mark) => mark.replaceAll("1", "+").replaceAll("0", "-")),
  );
  expect(chosen).toHaveLength(marks.length);
  expect(await wrongRegions(regionNetwork(arrangement, chosen), all, reference)).toEqual([]);
});

visiting("lines and regions", ({ open, picture, expectAccessible }) => {
  test("exercise 3 is there at first: counted, marked, with a network that is right", async () => {
    const page = await open("#/regions", { viewport });
    await counts(page).toEqual(["16", "6", "10", "25"]);
    await shaded(page).toEqual(["A", "D", "G"]);
    await page.getByText("Checked at a point of each of the 16 regions: right").waitFor();
    await sized(page, "5 + 3 + 1");
    expect(await page.locator("path.region").count()).toBe(16);
    await page.close();
  });

  test("a line drawn, moved by its point, its body and a key; its regions are those of the library", async () => {
    const page = await open("#/regions?lines=-4_-1_4_-1&marks=0", { viewport });
    await counts(page).toEqual(["2", "0", "0", "1"]);
    await drag(page, [-2, 3], [1, -3]);
    await counts(page).toEqual(["4", "0", "1", "4"]);
    await page.waitForFunction("location.hash.includes('-2_3_1_-3')");
    // What was marked still is: both parts of it.
    expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(2);
    await drag(page, [1, -3], [3, -3]);
    await page.waitForFunction("location.hash.includes('-2_3_3_-3')");
    await drag(page, [3.5, -1], [3.5, -2]);
    await page.waitForFunction("location.hash.includes('-4_-2_4_-2*')");
    const handle = page.getByRole("button", { name: /^Line 2, second point \(3, −3\)/ });
    await handle.focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.waitForFunction("location.hash.includes('-2_3_2.5_-2.9')");
    expect(await page.getByLabel("to", { exact: true }).nth(1).inputValue()).toBe("2.5, -2.9");
    await drag(page, [-4, 2], [4, 2.5]);
    await page.waitForFunction("location.hash.includes('-4_2_4_2.5')");
    const made = arrangementCounts(arrangementOf(await linesIn(page)));
    await expect.poll(() => count(page, "regions").innerText()).toBe(String(made.regions));
    await page.getByRole("button", { name: /^Line 2, second point/ }).press("Delete");
    await page.waitForFunction("!location.hash.includes('-2_3_2.5_-2.9')");
    await page.getByRole("button", { name: "Delete line 1" }).click();
    await counts(page).toEqual(["2", "0", "0", "1"]);
    await page.close();
  });

  test("a keyboard alone adds lines, types their points and marks a region; 30 are the most", async () => {
    const page = await open("#/regions?lines=&marks=", { viewport });
    await counts(page).toEqual(["1", "0", "0", "0"]);
    const more = page.getByRole("button", { name: "Add a line" });
    await more.press("Enter");
    await counts(page).toEqual(["2", "0", "0", "1"]);
    // The new line's first point has the focus.
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("-3, -2");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("3, 2.5");
    await page.waitForFunction("location.hash.includes('lines=-3_-2_3_2.5')");
    await more.press("Enter");
    await counts(page).toEqual(["4", "0", "1", "4"]);
    await page.getByRole("checkbox", { name: "A", exact: true }).press("Space");
    await page.getByText("Checked at a point of each of the 4 regions: right").waitFor();
    await page.goto(
      page
        .url()
        .replace(/#.*/, `#/regions?lines=${Array.from({ length: 30 }, (_, k) => `${k}_0_${k}_1`).join("*")}&marks=`),
    );
    await counts(page).toEqual(["31", "0", "0", "30"]);
    await more.press("Enter");
    await page.getByText("received 31 lines, expected at most 30").waitFor();
    await page.close();
  });

  test("a finger draws a line and marks a region", async () => {
    const page = await open("#/regions?lines=-4_-1_4_-1&marks=", { viewport });
    await counts(page).toEqual(["2", "0", "0", "1"]);
    const client = await page.context().newCDPSession(page);
    const touch = async (type: "touchStart" | "touchMove" | "touchEnd", point?: Point) => {
      const touchPoints = point ? [await spot(page, point)].map(([x, y]) => ({ x, y })) : [];
      await client.send("Input.dispatchTouchEvent", { type, touchPoints });
    };
    await touch("touchStart", [1, 3]);
    for (const y of [2, 0, -2]) await touch("touchMove", [1, y]);
    await touch("touchMove", [1, -3]);
    await touch("touchEnd");
    await page.waitForFunction("location.hash.includes('1_3_1_-3')");
    await counts(page).toEqual(["4", "0", "1", "4"]);
    await touch("touchStart", [3, 3]);
    await touch("touchEnd");
    await expect.poll(() => page.locator("path.shaded").count()).toBe(1);
    await page.close();
  });

  test("points typed; what can't be read is said there, and nothing else changes", async () => {
    const page = await open("#/regions", { viewport });
    const from = page.getByLabel("Line 1 from");
    await from.fill("-1.8");
    await page.getByText('received "-1.8", expected two coordinates').waitFor();
    await from.fill("0.2, -4");
    await page.getByText("expected a point other than the line's other one").waitFor();
    expect(await page.evaluate("location.hash")).toBe("#/regions");
    await from.fill("0, 4.25");
    await page.waitForFunction("location.hash.includes('lines=0_4.25_0.2_-4')");
    const text = await page.locator(".unit").first().innerText();
    await page.getByRole("button", { name: "Flip line 1" }).click();
    await page.waitForFunction("location.hash.includes('lines=0.2_-4_0_4.25')");
    expect(await page.locator(".unit").first().innerText()).not.toBe(text);
    // Its regions are marked as before.
    await page.getByText("Checked at a point of each of the 16 regions: right").waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForFunction("location.hash === '#/regions'");
    await page.close();
  });

  test("regions marked by a click and by key; a link shows the same again", async () => {
    const page = await open("#/regions", { viewport });
    const [k, b] = findRegions(regions, ["K", "B"]);
    await page.mouse.click(...(await spot(page, inside(k!))));
    await shaded(page).toEqual(["A", "D", "G", "K"]);
    await page.mouse.click(...(await spot(page, inside(findRegions(regions, ["D"])[0]!))));
    await shaded(page).toEqual(["A", "G", "K"]);
    await page.getByRole("checkbox", { name: "B", exact: true }).focus();
    await page.getByText(`sides ${b!.signs.replaceAll("-", "−")}`).waitFor();
    await page.keyboard.press("Space");
    await shaded(page).toEqual(["A", "B", "G", "K"]);
    await page.waitForFunction(`location.hash.includes('${markOf(b!.signs)}')`);
    const again = await open(await page.evaluate("location.hash"), { viewport });
    await shaded(again).toEqual(["A", "B", "G", "K"]);
    await again.close();
    await page.getByRole("button", { name: "None" }).click();
    await page.getByText("Mark a region, by a click").waitFor();
    await page.getByRole("button", { name: "Bounded" }).click();
    await shaded(page).toEqual(regions.filter(({ isBounded }) => isBounded).map(({ label }) => label));
    await page.close();
  });

  test("the network says of a point in every region what is marked there", async () => {
    const page = await open("#/regions", { viewport });
    const answer = page.locator(".answer");
    await answer.waitFor();
    for (const region of regions.filter((each) => inside(each).every((x) => Math.abs(x) < 4.9))) {
      await page.mouse.move(...(await spot(page, inside(region))));
      const output = ["A", "D", "G"].includes(region.label) ? 1 : 0;
      await expect
        .poll(() => answer.innerText())
        .toMatch(new RegExp(`region ${region.label}: the output is\\s+${output}$`));
      const on = await page.getByRole("list", { name: "Units of the first layer" }).locator("li.on").allInnerTexts();
      const expected = [...region.signs].flatMap((sign, line) => (sign === "+" ? [`line ${line + 1}`] : []));
      expect(on.map((text) => text.split(":")[0])).toEqual(expected);
      // In the picture the same units are lit; the inputs, which come first, by their size.
      const nodes = await page.locator("svg.circuit text.inside").allTextContents();
      const second = ["A", "D", "G"].map((label) => (label === region.label ? "1" : "0"));
      const first = [...region.signs].map((sign) => (sign === "+" ? "1" : "0"));
      expect(nodes.slice(2)).toEqual([...first, ...second, String(output)]);
    }
    await page.mouse.move(2, 2);
    await page.getByRole("button", { name: /^Test point \(0, 0.5\)/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction("location.hash.includes('test=0.1_0.5')");
    await page.keyboard.press("Enter");
    await shaded(page).toContain("K");
    await expect.poll(() => answer.innerText()).toMatch(/region K: the output is\s+1$/);
    await page.close();
  });

  test("merged units are fewer; thresholds too low and lines cut off go wrong where the library says", async () => {
    const page = await open("#/regions", { viewport });
    await page.getByLabel("Lines", { exact: true }).selectOption("frame");
    await sized(page, "8 + 8 + 1");
    await page.getByLabel("One unit for several regions").check();
    await sized(page, "8 + 4 + 1");
    await page.getByText("Checked at a point of each of the 25 regions: right").waitFor();
    await page.getByLabel("Lines", { exact: true }).selectOption("exercise");
    await page.getByLabel("One unit for several regions").uncheck();
    await page.getByLabel("thresholds of the second layer").fill("1");
    const chosen = findRegions(regions, ["A", "D", "G"]);
    const loose = await wrongRegions(regionNetwork(five, chosen, { slack: 1 }), regions, reference, { ofClass: true });
    expect(loose.length).toBeGreaterThan(0);
    await page
      .getByText(`Wrong in ${loose.length} of 16 regions: ${loose.map(({ label }) => label).join(", ")}`)
      .waitFor();
    expect(await page.locator("path.wrong").count()).toBe(loose.length);
    await page.getByLabel("thresholds of the second layer").fill("0");
    await page.getByRole("group", { name: "nobody reads" }).getByRole("checkbox", { name: "1", exact: true }).check();
    const cut = await wrongRegions(regionNetwork(five, chosen, { cut: [1] }), regions, reference, { ofClass: true });
    await page.getByText(`Wrong in ${cut.length} of 16 regions: ${cut.map(({ label }) => label).join(", ")}`).waitFor();
    await page.close();
  });

  test("special positions are named, with what they cost; crossings beyond the sheet can be seen", async () => {
    const page = await open("#/regions", { viewport });
    await page.getByLabel("Lines", { exact: true }).selectOption("special");
    await counts(page).toEqual(["9", "1", "3", "11"]);
    await page.getByText("lines 1 and 4 are parallel and never cross: −1").waitFor();
    await page.getByText("lines 1, 2 and 3 meet in one point, (0, 0): −1").waitFor();
    await page.goto(page.url().replace(/#.*/, "#/regions?lines=-4_0_4_1*-4_0.5_4_1.1"));
    await page.getByText("Some lines cross beyond the sheet").waitFor();
    await page.getByRole("button", { name: "Show all crossings" }).click();
    // With u = (x + 4)/8 they are u and 0.5 + 0.6 u: they cross at u = 1.25, x = 6.
    await page.waitForFunction("location.hash.includes('half=10')");
    await page.getByText("Some lines cross beyond the sheet").waitFor({ state: "detached" });
    await page.close();
  });

  test("lines made up are in general position; too many lines are refused with their number of regions", async () => {
    const page = await open("#/regions?count=7&seed=3", { viewport });
    await page.getByRole("button", { name: "Spread out" }).click();
    const most = genericRegionCounts(7, 2);
    await counts(page).toEqual([String(most.regions), String(most.bounded), "21", "49"]);
    await page.getByRole("button", { name: "Random" }).click();
    await page.waitForFunction("location.hash.includes('lines=')");
    const made = arrangementCounts(arrangementOf(await linesIn(page)));
    await expect.poll(() => count(page, "regions").innerText()).toBe(String(made.regions));
    await page.getByRole("button", { name: "No lines" }).click();
    await counts(page).toEqual(["1", "0", "0", "0"]);
    await page.waitForFunction("location.hash.includes('lines=&')");
    const many = Array.from({ length: 31 }, (_, k) => `${k / 10}_0_1_${k}`).join("*");
    await page.goto(page.url().replace(/#.*/, `#/regions?lines=${many}`));
    await page.getByText("received 31 lines, expected at most 30: 31 make up to 497 regions").waitFor();
    await page.close();
  });

  test("in more dimensions: the exact number, the estimates, and what happens below", async () => {
    const page = await open("#/regions", { viewport });
    expect(await count(page, "exact").innerText()).toBe("616,666");
    expect(await count(page, "bounded-exact").innerText()).toBe("92,378");
    expect(await count(page, "corners").innerText()).toBe("1,048,576");
    expect(await count(page, "estimate").innerText()).toBe("10,240,000,000,000");
    // 20¹⁰ / 10! = 2,821,869.5 …
    expect(await count(page, "by-factorial").innerText()).toBe("2,822,000");
    await page.getByLabel("Hyperplanes n").fill("64");
    await page.getByLabel("Dimensions d").fill("32");
    const exact = genericRegionCounts(64, 32).regions.toLocaleString("en-US");
    await expect.poll(() => count(page, "exact").innerText()).toBe(exact);
    await page.waitForFunction("location.hash.includes('n=64&d=32')");
    await page.getByLabel("Dimensions d").fill("1");
    await expect.poll(() => count(page, "exact").innerText()).toBe("65");
    await page.close();
  });

  test("what is saved: lines and regions, pictures, and a network that is right in other tools", async () => {
    const page = await open("#/regions", { viewport });
    await counts(page).toContain("16");
    const data = JSON.parse((await saved(page, save(page, "regions", "JSON"))).toString("utf8"));
    expect(data.regions.map(({ label }: { label: string }) => label)).toEqual(regions.map(({ label }) => label));
    expect(data.lines[0].text).toBe("4 x₁ + x₂ > −3.2");
    expect((await saved(page, save(page, "regions", "SVG"))).toString("utf8")).toContain('data-region="P"');
    const png = await saved(page, save(page, "regions", "PNG"));
    expect([...png.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join("")).toBe("PNG");
    const file = await saved(page, () => page.getByRole("button", { name: /\.onnx/ }).click());
    const network = regionNetwork(five, findRegions(regions, ["A", "D", "G"]));
    const program = importModel(decodeModel(new Uint8Array(file)));
    expect(await wrongRegions({ ...network, program }, regions, reference)).toEqual([]);
    await page.close();
  });

  test("light, dark and narrow, without a finding of axe", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/regions?test=0_3", { colorScheme, viewport });
      await shaded(page).toEqual(["A", "D", "G"]);
      await page.locator(".katex").first().waitFor();
      await picture(page, `regions-${colorScheme}`);
      expect(await page.locator("details[open] .katex").count()).toBe(5 + 3 + 1);
      await expectAccessible(page);
      await page.close();
    }
    const page = await open("#/regions", { viewport: { width: 390, height: 800 } });
    await shaded(page).toEqual(["A", "D", "G"]);
    await page.locator(".katex").first().waitFor();
    await picture(page, "regions-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});
