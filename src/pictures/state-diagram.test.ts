import { describe, expect, test } from "vitest";
import { machineOfTask, minimizeMachine } from "../proof/extract/index.ts";
import { findTask } from "../tasks/index.ts";
import { machineDiagram } from "./machine-diagram.ts";
import { type StateDiagram, stateDiagram } from "./state-diagram.ts";
import { elements, flaw } from "./svg.test-helper.ts";

const adder: StateDiagram = {
  title: "a < b",
  states: ["no carry", "carry"],
  initial: 0,
  arrows: [
    { from: 0, to: 0, labels: ["00/0", "01, 10/1"] },
    { from: 0, to: 1, labels: ["11/0"] },
    { from: 1, to: 0, labels: ["00/1"] },
    { from: 1, to: 1, labels: ["01, 10/0", "11/1"] },
  ],
};

const circlesOf = (svg: string) =>
  elements(svg, "circle").map(({ at }) => ({ x: Number(at.cx), y: Number(at.cy), radius: Number(at.r) }));
/** Where each arrow between states begins and ends; the first path is the initial state's. */
const curvesOf = (svg: string) =>
  elements(svg, "path")
    .filter(({ at }) => at.class === "arrow")
    .map(({ at }) => [...at.d!.matchAll(/-?[\d.]+/g)].map(Number))
    .filter(({ length }) => length === 8)
    .map((numbers) => ({ begin: numbers.slice(0, 2), end: numbers.slice(6) }));
const labelsOf = (svg: string) =>
  elements(svg, "text")
    .filter(({ at }) => at.class === "label")
    .map(({ at, text }) => ({ text, x: Number(at.x), y: Number(at.y) }));

test("each arrow runs from the rim of its state to that of the next, its labels beside it", () => {
  const svg = stateDiagram(adder);
  const circles = circlesOf(svg);
  expect(circles).toHaveLength(2);
  expect(circles[0]!.x).toBeLessThan(circles[1]!.x);
  expect(circles[0]!.y).toBe(circles[1]!.y);
  const distance = ([x, y]: readonly number[], state: number) =>
    Math.hypot(x! - circles[state]!.x, y! - circles[state]!.y) - circles[state]!.radius;
  curvesOf(svg).forEach(({ begin, end }, k) => {
    const { from, to } = adder.arrows[k]!;
    expect(distance(begin, from)).toBeCloseTo(1, 1);
    expect(distance(end, to)).toBeCloseTo(3, 1);
  });
  expect(labelsOf(svg).map(({ text }) => text)).toEqual(adder.arrows.flatMap(({ labels }) => labels));
  const { y: middle, radius } = circles[0]!;
  const [loop, , there, back] = labelsOf(svg);
  expect(loop!.y).toBeLessThan(middle - radius);
  expect(there!.y).toBeLessThan(middle);
  expect(back!.y).toBeGreaterThan(middle);
});

test("the document is well formed and says in words what it shows", () => {
  const svg = stateDiagram({ ...adder, subtitle: "letters/answer & more" });
  expect(flaw(svg)).toBeUndefined();
  expect(svg).toContain("<title>a &lt; b</title>");
  expect(svg).toContain("letters/answer &amp; more");
  expect(elements(svg, "desc")[0]!.text).toContain("no carry → carry: 11/0\ncarry → no carry: 00/1");
});

const named = ["binary-addition", "base-10-addition", "parity", "even-pairs", "cycle-navigation", "cycle-navigation-3"];
describe.each([...named, "modular-arithmetic-2"])("the minimal machine of %s", (name) => {
  const { machine } = minimizeMachine(machineOfTask(findTask(name)));
  const svg = stateDiagram(machineDiagram(machine, { title: name }));

  test("no label covers a state or another label, and all is within the picture", () => {
    const { width, height } = elements(svg, "svg")[0]!.at;
    const [dx, dy] = /translate\((\S+) (\S+)\)/.exec(svg)!.slice(1).map(Number) as [number, number];
    const circles = circlesOf(svg);
    const boxes = labelsOf(svg).map(({ text, x, y }) => {
      const half = (text.length * 7.8) / 2;
      return { left: x - half, right: x + half, top: y - 11, bottom: y + 3 };
    });
    expect(boxes.length).toBeGreaterThan(machine.states.length - 1);
    boxes.forEach((box, k) => {
      for (const { x, y, radius } of circles) {
        const nearest = Math.hypot(
          x - Math.min(box.right, Math.max(box.left, x)),
          y - Math.min(box.bottom, Math.max(box.top, y)),
        );
        expect(nearest).toBeGreaterThan(radius);
      }
      for (const other of boxes.slice(0, k)) {
        const isApart =
          box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
        expect(isApart).toBe(true);
      }
      expect(Math.min(box.left + dx, box.top + dy)).toBeGreaterThan(0);
      expect(box.right + dx).toBeLessThan(Number(width));
      expect(box.bottom + dy).toBeLessThan(Number(height));
    });
  });
});

test("states that lead to each other stand beside each other", () => {
  const { machine } = minimizeMachine(machineOfTask(findTask("cycle-navigation")));
  const circles = circlesOf(stateDiagram(machineDiagram(machine, { title: "cycle" })));
  const at = (name: string) => circles[machine.states.indexOf(name)]!;
  const apart = (a: string, b: string) => Math.hypot(at(a).x - at(b).x, at(a).y - at(b).y);
  const sides = ["0", "1", "2", "3", "4"].map((name, k) => apart(name, String((k + 1) % 5)));
  for (const side of sides) expect(side).toBeCloseTo(sides[0]!, 1);
  expect(sides[0]).toBeLessThan(apart("0", "2"));
});

test("large machines keep their labels for those who point at an arrow", () => {
  const { machine } = minimizeMachine(machineOfTask(findTask("cycle-navigation-13")));
  const svg = stateDiagram(machineDiagram(machine, { title: "cycle" }));
  expect(labelsOf(svg)).toEqual([]);
  expect(elements(svg, "title").map(({ text }) => text)).toContain("0 → 1: +/1");
});

test("an error has a colour of its own", () => {
  const svg = stateDiagram({
    ...adder,
    arrows: [...adder.arrows, { from: 1, to: 1, labels: ["11/0"], isWrong: true }],
  });
  expect(flaw(svg)).toBeUndefined();
  expect(svg.match(/<g class="wrong">/g)).toHaveLength(2);
  expect(stateDiagram(adder)).not.toContain('class="wrong"');
});

test("what can't be drawn", () => {
  expect(() => stateDiagram({ ...adder, states: [] })).toThrow("state diagram: no states");
  expect(() => stateDiagram({ ...adder, initial: 2 })).toThrow("state diagram: state 2, expected 0 to 1");
  expect(() => stateDiagram({ ...adder, arrows: [{ from: 0, to: -1, labels: [] }] })).toThrow("state -1");
});
