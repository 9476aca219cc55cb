import { expect, test } from "vitest";
import { boxesPicture, type StateBoxes } from "./boxes.ts";
import { elements, flaw } from "./svg.test-helper.ts";

const drawing: StateBoxes = {
  title: "Two & <two>",
  units: ["a", "b", "c"],
  states: ["off", "on"],
  boxes: [
    { state: 0, lower: [0, 0.25, 0], upper: [0.5, 0.75, 0], label: "after 0" },
    { state: 1, lower: [1, 1, 0], upper: [1, 1, 0] },
  ],
  points: [
    { state: 0, values: [0.25, 0.5, 9] },
    { state: 0, values: [0.25, 0.5, 9] },
    { state: 0, values: [0.25, 0.5, 9] },
    { state: 0, values: [0.25, 0.5, 9] },
    { state: 1, values: [1, 1, 0] },
  ],
  threshold: 0.5,
};

// What is shown reaches from −1/25 to 1 + 1/25 and is 380 wide from 82, 380 high up from 432.
const x = (value: number) => 82 + (380 * (value + 0.04)) / 1.08;
const y = (value: number) => 432 - (380 * (value + 0.04)) / 1.08;
const near = (text: string | undefined, value: number) => expect(Number(text)).toBeCloseTo(value, 1);

test("boxes lie where their bounds are, thin ones wider than they are, each in its state's colour", () => {
  const svg = boxesPicture(drawing, [0, 1]);
  expect(flaw(svg)).toBeUndefined();
  const [first, second] = elements(svg, "rect").filter(({ at }) => at["data-box"] !== undefined);
  near(first!.at.x, x(0));
  near(first!.at.width, x(0.5) - x(0));
  near(first!.at.y, y(0.75));
  near(first!.at.height, y(0.25) - y(0.75));
  near(second!.at.x, x(1) - 3.5);
  near(second!.at.y, y(1) - 3.5);
  expect([second!.at.width, second!.at.height]).toEqual(["7", "7"]);
  expect([first!.at.fill, second!.at.fill]).toEqual(["var(--series0)", "var(--series1)"]);
  const titles = elements(svg, "title").map(({ text }) => text);
  expect(titles).toContain("off, after 0: a 0 to 0.5, b 0.25 to 0.75");
  expect(titles).toContain("on: a 1 to 1, b 1 to 1");
});

test("a place that is visited more often has a larger dot, by its area", () => {
  const dots = elements(boxesPicture(drawing, [0, 1]), "circle");
  expect(dots.map(({ at }) => [at.r, at.fill])).toEqual([
    ["4", "var(--series0)"],
    ["2", "var(--series1)"],
  ]);
  near(dots[0]!.at.cx, Math.round(x(0.25)));
  near(dots[0]!.at.cy, Math.round(y(0.5)));
  const many = Array.from({ length: 100 }, () => ({ state: 1, values: [0, 0, 0] }));
  expect(elements(boxesPicture({ ...drawing, points: many }, [0, 1]), "circle")[0]!.at.r).toBe("10");
});

test("the other units are there to choose, and what lies outside of the range is shown", () => {
  const svg = boxesPicture(drawing, [2, 0]);
  // Unit c goes up to 9, and what is shown from −9/25 to 9 + 9/25.
  const [dot] = elements(svg, "circle");
  near(dot!.at.cx, Math.round(82 + (380 * (9 + 9 / 25)) / (9 + 18 / 25)));
  const texts = elements(svg, "text").map(({ text }) => text);
  expect(texts).toContain("c");
  expect(texts).toContain("1 box, 4 visits");
  expect(elements(svg, "desc")[0]!.text).toBe(
    "Sets of network states on the units c and a, by the state of the machine. off: 1 box, on: 1 box; 5 visits.",
  );
});

test("the threshold is a dashed line on both axes, where there is one", () => {
  const line = elements(boxesPicture(drawing, [0, 1]), "path").filter(({ at }) => at.class === "threshold");
  expect(line.map(({ at }) => at.d)).toEqual(["M272 52V432M82 242H462"]);
  const { threshold: _, ...without } = drawing;
  expect(boxesPicture(without, [0, 1])).not.toContain('class="threshold"');
});

test("what can't be drawn is refused", () => {
  const refused = (change: Partial<StateBoxes>, message: string, units: readonly [number, number] = [0, 1]) =>
    expect(() => boxesPicture({ ...drawing, ...change }, units)).toThrow(message);
  refused({}, "boxes: no unit 3, expected 0 to 2", [0, 3]);
  const [box] = drawing.boxes;
  refused({ boxes: [{ ...box!, state: 2 }] }, "box 0 is in state 2, expected 0 to 1");
  refused({ boxes: [{ ...box!, lower: [0] }] }, "box 0 has 1 numbers, expected 3");
  refused(
    { boxes: [{ ...box!, upper: [0.5, 0, 0] }] },
    "box 0 is from 0.25 to 0 on unit 1; expected the lower bound first",
  );
  refused({ points: [{ state: 0, values: [0, Number.NaN, 0] }] }, "point 0 has the number NaN");
});
