import { expect, test } from "vitest";
import { elements } from "./svg.test-helper.ts";
import { type Trace, tracePicture } from "./trace.ts";

const trace: Trace = {
  title: 'a < b & "c"',
  steps: ["1", "2", "3"],
  unit: "time",
  groups: [[{ label: "x", texts: ["0", "", "1"] }], [{ label: "h", values: [0, 0.25, -2], texts: ["", "¼", "−2"] }]],
};

test("each value is a cell at its step and row, as strongly coloured as it is large", () => {
  const rectangles = elements(tracePicture(trace), "rect").map(({ at }) => at);
  const cells = rectangles.filter(({ class: kind }) => kind === "cell");
  const scale = 5;
  expect(cells).toHaveLength(3 + scale);
  const [first, second, third] = cells as [Record<string, string>, Record<string, string>, Record<string, string>];
  expect([first.y, second.y, third.y]).toEqual([first.y, first.y, first.y]);
  expect(Number(second.x) - Number(first.x)).toBe(Number(first.width));
  expect(Number(third.x) - Number(second.x)).toBe(Number(first.width));
  const at = ({ x, y }: Record<string, string>) =>
    rectangles.filter((other) => other.x === x && other.y === y && other["fill-opacity"]);
  expect(at(first)).toEqual([]);
  expect(at(second)).toMatchObject([{ class: "more", "fill-opacity": "0.25" }]);
  expect(at(third)).toMatchObject([{ class: "less", "fill-opacity": "1" }]);
});

test("values can be read off exactly, and the scale shows negative ones where there are some", () => {
  expect(elements(tracePicture(trace), "title").map(({ text }) => text)).toEqual([
    "a &lt; b &amp; &quot;c&quot;",
    ...["0", "0.25", "-2"],
    ...["-1", "-0.5", "0", "0.5", "1"],
  ]);
  const positive = tracePicture({ ...trace, groups: [[{ label: "h", values: [0, 0.33333, 1] }]] });
  expect(elements(positive, "title").map(({ text }) => text)).toEqual([
    "a &lt; b &amp; &quot;c&quot;",
    ...["0", "0.3333", "1"],
    ...["0", "0.25", "0.5", "0.75", "1"],
  ]);
});

test("texts stand in the middle of their cells, in the colour of the page on strong ones", () => {
  const svg = tracePicture(trace);
  const texts = elements(svg, "text");
  const cells = elements(svg, "rect").filter(({ at }) => at.class === "cell");
  const found = (content: string) => texts.find(({ text }) => text === content)!.at;
  const middle = (k: number) => Number(cells[k]!.at.x) + Number(cells[k]!.at.width) / 2;
  expect(Number(found("¼").x)).toBe(middle(1));
  expect(Number(found("−2").x)).toBe(middle(2));
  expect(found("−2").class).toBe("strong");
  expect(found("¼").class).toBeUndefined();
  expect(texts.map(({ text }) => text)).toEqual([
    ...["a &lt; b &amp; &quot;c&quot;", "time", "1", "2", "3"],
    ...["x", "0", "1"],
    ...["h", "¼", "−2"],
    "-1 … 1",
  ]);
});

test("a marked step is framed from its name to its last cell, and every column tells its step", () => {
  const svg = tracePicture({ ...trace, marked: 1 });
  const columns = elements(svg, "rect").filter(({ at }) => at.class?.startsWith("column"));
  expect(columns.map(({ at }) => [at["data-step"], at.class])).toEqual([
    ["0", "column"],
    ["1", "column marked"],
    ["2", "column"],
  ]);
  const { x, y, width, height } = columns[1]!.at as Record<string, string>;
  const cells = elements(svg, "rect").filter(({ at }) => at.class === "cell");
  expect([x, width]).toEqual([cells[1]!.at.x, cells[1]!.at.width]);
  const name = elements(svg, "text").find(({ text }) => text === "2")!.at;
  expect(Number(y)).toBeLessThan(Number(name.y));
  expect(Number(y) + Number(height)).toBe(Number(cells[1]!.at.y) + Number(cells[1]!.at.height));
  expect(tracePicture(trace)).not.toContain("data-step");
});

test("everything lies inside the picture", () => {
  const svg = tracePicture({ ...trace, subtitle: "a subtitle that is much wider than the few cells under it are" });
  const box = elements(svg, "svg")[0]!.at;
  expect(box.viewBox).toBe(`0 0 ${box.width} ${box.height}`);
  for (const { at } of elements(svg, "rect").filter(({ at }) => at.x)) {
    expect(Number(at.x) + Number(at.width)).toBeLessThanOrEqual(Number(box.width));
    expect(Number(at.y) + Number(at.height)).toBeLessThanOrEqual(Number(box.height));
  }
  for (const { at } of elements(svg, "text")) expect(Number(at.y)).toBeLessThan(Number(box.height));
});

test("rows must fit the steps and be finite", () => {
  const wrong = (row: Trace["groups"][number][number]) => () => tracePicture({ ...trace, groups: [[row]] });
  expect(wrong({ label: "h", values: [1, 2] })).toThrow('trace: row "h" has 2 values for 3 steps');
  expect(wrong({ label: "h", texts: ["1"] })).toThrow('trace: row "h" has 1 texts for 3 steps');
  expect(wrong({ label: "h", values: [1, Number.NaN, 0] })).toThrow('trace: row "h" has the value NaN');
});
