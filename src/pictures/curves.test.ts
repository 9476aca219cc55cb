import { expect, test } from "vitest";
import { type Curves, curvesPicture, summarize } from "./curves.ts";
import { elements } from "./svg.test-helper.ts";

const curves = (series: Curves["series"], more: Partial<Curves> = {}): Curves => ({
  ...{ title: "loss & <errors>", x: { label: "step" }, y: { label: "loss" }, series },
  ...more,
});

/** The d of all paths of a class inside the plot. */
function paths(svg: string, kind: string): string[] {
  const inside = svg.slice(svg.lastIndexOf("<svg"), svg.indexOf("</svg>"));
  return elements(inside, "path").flatMap(({ at }) => (at.class === kind ? [at.d!] : []));
}

const ticks = (svg: string) => elements(svg, "text").flatMap(({ at, text }) => (at.class === "tick" ? [text] : []));

// The plot is 600 wide and from 376 (bottom) up to 56 (top); texts of 3 letters to its left put its left at 20 + 22 + 21 + 8 = 71.
test("points stand where the axes say", () => {
  const run = { x: [0, 100], y: [1, 0.5] };
  const svg = curvesPicture(curves([{ name: "a", runs: [run] }]));
  expect(ticks(svg)).toEqual(["0.5", "0.6", "0.7", "0.8", "0.9", "1.0", ...["0", "20", "40", "60", "80", "100"]]);
  expect(paths(svg, "mean")).toEqual(["M71 56L671 376"]);
  expect(paths(svg, "run")).toEqual([]);
  expect(paths(svg, "band")).toEqual([]);
});

test("a logarithmic axis has equal steps for equal ratios; what it can't show is a gap", () => {
  const run = { x: [0, 25, 50, 75, 100], y: [1, 0.1, 0, 0.01, 0.1] };
  const svg = curvesPicture(curves([{ name: "a", runs: [run] }], { y: { label: "loss", scale: "log" } }));
  const y = ["0.01", "0.02", "0.03", "0.1", "0.2", "0.3", "1"];
  expect(ticks(svg)).toEqual([...y, "0", "20", "40", "60", "80", "100"]);
  expect(paths(svg, "mean")).toEqual(["M78 56L228 216", "M528 376L678 216"]);
});

test("mean, least and greatest stand at the x that all runs have", () => {
  const runs = [
    { x: [0, 10, 20, 30], y: [1, 2, 3, 4] },
    { x: [0, 5, 10, 20], y: [3, 9, 7, Number.POSITIVE_INFINITY] },
  ];
  expect(summarize(runs)).toEqual({
    x: [0, 10, 20],
    middle: [2, 4.5, Number.NaN],
    low: [1, 2, Number.NaN],
    high: [3, 7, Number.NaN],
  });
  expect(summarize(runs, "median").middle).toHaveLength(summarize(runs).x.length);
  const three = [1, 2, 9].map((value) => ({ x: [0, 1], y: [value, 3 * value] }));
  expect(summarize(three, "median")).toEqual({ x: [0, 1], middle: [2, 6], low: [1, 3], high: [9, 27] });
  expect(summarize(three.slice(0, 2), "median").middle).toEqual([1.5, 4.5]);
  expect(summarize([])).toEqual({ x: [], middle: [], low: [], high: [] });
  // y: 1 … 9 without rounding is 320 pixels: 40 each; x: 0 … 30 is 600 pixels: 20 each. One letter: left = 57.
  const svg = curvesPicture(curves([{ name: "a", runs }], { y: { label: "loss", domain: [1, 9] } }));
  expect(paths(svg, "mean")).toEqual(["M57 336L257 236"]);
  expect(paths(svg, "band")).toEqual(["M57 376L257 336L257 136L57 296Z"]);
  expect(paths(svg, "run")).toEqual(["M57 376L257 336L457 296L657 256", "M57 296L157 56L257 136"]);
  expect(elements(svg, "desc")[0]!.text).toBe("loss by step. a: 4.5 (mean of 2 runs, 2 to 7) at 10.");
});

test("a line breaks at a gap, and a point alone is a dot", () => {
  const run = { x: [0, 1, 2, 3, 4, 5], y: [0, 1, Number.NaN, 2, Number.POSITIVE_INFINITY, 4] };
  const svg = curvesPicture(curves([{ name: "a", runs: [run] }], { y: { label: "y", domain: [0, 4] } }));
  expect(paths(svg, "mean")).toEqual(["M71 376L191 296"]);
  expect(elements(svg, "circle").map(({ at }) => [at.class, at.cx, at.cy])).toEqual([
    ["mean-dot", "431", "216"],
    ["mean-dot", "671", "56"],
  ]);
  const point = curvesPicture(curves([{ name: "a", runs: [{ x: [5], y: [3] }] }]));
  expect(elements(point, "circle").map(({ at }) => [at.cx, at.cy])).toEqual([["371", "216"]]);
});

test("curves end at the borders of a domain", () => {
  const run = { x: [0, 100], y: [0, 1] };
  const axis = { label: "symbols right", domain: [0.5, 1] } as const;
  const svg = curvesPicture(curves([{ name: "a", runs: [run] }], { y: axis }));
  expect(paths(svg, "mean")).toEqual(["M71 696L671 56"]);
  expect(elements(svg, "svg")[1]!.at).toMatchObject({ x: "69", y: "54", width: "604", height: "324" });
});

test("each series has a colour or dashes of its own, the same in the legend", () => {
  const series = Array.from({ length: 8 }, (_, k) => ({ name: `<${k}>`, runs: [{ x: [0, 1], y: [k, 1] }] }));
  const means = elements(curvesPicture(curves(series)), "path").filter(({ at }) => at.class === "mean");
  const looks = means.map(({ at }) => `${at.stroke} ${at["stroke-dasharray"]}`);
  expect(new Set(looks.slice(0, 8)).size).toBe(8);
  expect(looks.slice(8)).toEqual(looks.slice(0, 8));
  const two = [{ name: "with <b>", runs: [series[0]!.runs[0]!, series[1]!.runs[0]!] }, series[2]!];
  const texts = elements(curvesPicture(curves(two)), "text").map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining(["loss &amp; &lt;errors&gt;", "with &lt;b&gt; (2 runs)", "&lt;2&gt;"]));
});

test("marks stand at their x, within the axis; the plot says what its borders stand for", () => {
  const run = { x: [0, 100], y: [0, 1] };
  const marks = [
    { x: 25, label: "f < 1" },
    { x: 101, label: "outside" },
  ];
  const svg = curvesPicture(curves([{ name: "a", runs: [run] }], { marks, size: { width: 200, height: 100 } }));
  const mark = svg.slice(svg.indexOf('<g class="mark">'), svg.indexOf("</g>"));
  // Left is 71, as above.
  expect(elements(mark, "path").map(({ at }) => at.d)).toEqual(["M121 56V156"]);
  expect(elements(mark, "text").map(({ text }) => text)).toEqual(["f &lt; 1"]);
  expect(svg).not.toContain("outside");
  expect(paths(svg, "mean")).toEqual(["M71 156L271 56"]);
  const plot = elements(svg, "rect").find(({ at }) => at.class === "plot")!.at;
  expect(plot).toMatchObject({ x: "71", width: "200", "data-from": "0", "data-to": "100" });
});

test("a legend below needs no room at the side", () => {
  const runs = [{ x: [0, 100], y: [0, 1] }];
  const [beside, below] = (["right", "below"] as const).map((legend) => {
    const svg = curvesPicture(
      curves(
        [
          { name: "a series with a long name", runs },
          { name: "b", runs },
        ],
        { legend },
      ),
    );
    return { at: elements(svg, "svg")[0]!.at, names: elements(svg, "text").slice(-2) };
  });
  expect(Number(below!.at.width)).toBeLessThan(Number(beside!.at.width) - 100);
  expect(below!.names.map(({ at }) => Number(at.y))).toEqual([446.5, 468.5]);
  expect(below!.names[1]!.at.x).toBe("103");
  expect(Number(below!.at.height)).toBeGreaterThan(468);
});

test("what can't be drawn is refused with its numbers", () => {
  const wrong =
    (run: { x: number[]; y: number[] }, more = {}) =>
    () =>
      curvesPicture(curves([{ name: "a", runs: [run] }], more));
  expect(wrong({ x: [1, 2, 3], y: [1, 2] })).toThrow(
    expect.objectContaining({ code: "shape", message: 'curves: run 0 of "a" has 3 x and 2 y; expected as many' }),
  );
  expect(wrong({ x: [1, 1], y: [1, 2] })).toThrow(
    'run 0 of "a" has x 1 after 1 at 1; expected finite numbers that increase',
  );
  expect(wrong({ x: [Number.NaN], y: [1] })).toThrow('run 0 of "a" has x NaN at 0');
  expect(wrong({ x: [1], y: [Number.NaN] })).toThrow("no series has a point that the axes can show");
  const run = { x: [1], y: [1] };
  expect(wrong(run, { y: { label: "", domain: [1, 0] } })).toThrow(
    "domain of y is [1, 0]; expected two numbers, the lower first",
  );
  expect(wrong(run, { x: { label: "", scale: "log", domain: [0, 1] } })).toThrow(
    "domain of x is [0, 1]; expected two positive numbers, the lower first",
  );
});
