import { parityNetwork, proveChecked, randomSource, threeUnitAdder, visitedStates } from "longhand";
import { expect, test } from "vitest";
import { boxesOf, tellingUnits } from "./certificate-boxes.ts";

async function drawingOf({ network }: typeof threeUnitAdder) {
  const verdict = await proveChecked(network);
  if (verdict.verdict !== "proved") throw new Error(verdict.verdict);
  return boxesOf(verdict.certificate, visitedStates(network, { random: randomSource(1) }));
}

// Unit k of the adder's three is on where both digits and the carry make at least k: the second is the carry.
test("the boxes of a certificate, each with the letters that lead into it", async () => {
  const { units, states, boxes, points, range, threshold } = await drawingOf(threeUnitAdder);
  expect([units, states]).toEqual([
    ["h₁", "h₂", "h₃", "y"],
    ["no carry", "carry"],
  ]);
  expect([range, threshold]).toEqual([[0, 1], 0.5]);
  for (const { state, lower, upper } of boxes) {
    expect(lower).toEqual(upper);
    expect(lower[1]).toBe(state);
  }
  // Nothing to add: reached by 0+0 without a carry before it only.
  const empty = boxes.find(({ lower }) => lower.every((value) => value === 0));
  expect(empty!.label).toBe("after 0+0");
  // Every visited state lies in a box of its own machine state.
  for (const { state, values } of points!) {
    const isInside = boxes.some(
      (box) =>
        box.state === state && values.every((value, unit) => box.lower[unit]! <= value && value <= box.upper[unit]!),
    );
    expect(isInside).toBe(true);
  }
});

test("letters of one channel are written as they are", async () => {
  const { boxes } = await drawingOf(parityNetwork);
  expect(boxes.flatMap(({ label }) => label!.match(/[^a-z ,]/g))).toEqual(expect.arrayContaining(["0", "1"]));
});

test("the units that are shown first: what tells the states apart, and what is least settled", () => {
  const boxes = [
    { state: 0, lower: [0, 0, 0, 0], upper: [1, 0.4, 0.1, 0.2] },
    { state: 1, lower: [0, 0.5, 0.9, 0], upper: [1, 1, 1, 0.9] },
  ];
  expect(tellingUnits({ units: ["a", "b", "c", "d"], boxes })).toEqual([2, 0]);
  expect(tellingUnits({ units: ["a"], boxes: [] })).toEqual([0, 0]);
});
