import { expect, test } from "vitest";
import { randomSource } from "../random/index.ts";
import { threeUnitAdder } from "./built/index.ts";
import { visitedStates } from "./visited.ts";

// Unit k of the adder's three is on where both digits and the carry are at least k in sum: the second is the carry.
test("states are visited with the machine's state that belongs to them", () => {
  const { network } = threeUnitAdder;
  const visited = visitedStates(network, { random: randomSource(3), problems: 8, steps: 20 });
  expect(visited).toHaveLength(160);
  const carries = visited.map(({ values }) => values[1]);
  expect(visited.map(({ state }) => state)).toEqual(carries);
  expect(new Set(carries)).toEqual(new Set([0, 1]));
  for (const { values } of visited) {
    const count = values[0]! + values[1]! + values[2]!;
    expect(values.slice(0, 3)).toEqual([1, 2, 3].map((k) => Number(count >= k)));
    expect(values[3]).toBe(count % 2);
  }
});

test("the same seed visits the same states, another one others", () => {
  const of = (seed: number) => visitedStates(threeUnitAdder.network, { random: randomSource(seed) });
  expect(of(1)).toEqual(of(1));
  expect(of(1)).not.toEqual(of(2));
  expect(of(1)).toHaveLength(32 * 16);
});
