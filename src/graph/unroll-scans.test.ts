import { expect, test } from "vitest";
import { compileReference } from "../runtime/reference/reference.ts";
import { ndarray } from "./array.ts";
import { add, mul } from "./operators/arithmetic.ts";
import { program } from "./program.ts";
import { scan } from "./scan.ts";
import { input } from "./tensor.ts";
import { topologicalOrder } from "./traverse.ts";
import { unrollScans } from "./unroll-scans.ts";

/** s_t = a s_{t−1} + x_t, stacked, forwards or backwards over `time` indices. */
function recurrence(time: number | string, reverse: boolean) {
  const [x, a, start] = [input("x", [time, 2]), input("a", []), input("start", [2])];
  const { state, outputs } = scan({
    state: { s: start },
    sequences: { x },
    reverse,
    step({ s }, item) {
      const next = add(mul(s, a), item.x);
      return { state: { s: next }, outputs: { next } };
    },
  });
  return { inputs: { x, a, start }, outputs: [state.s, outputs.next] };
}

test.each([false, true])("gives the same values without a scan (reverse: %s)", (reverse) => {
  const { inputs, outputs } = recurrence(3, reverse);
  const written = unrollScans(outputs);
  expect(topologicalOrder(written).filter(({ kind }) => kind === "scan")).toEqual([]);
  const values = {
    x: ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2]),
    a: ndarray(Float64Array.of(2), []),
    start: ndarray(Float64Array.of(10, 20), [2]),
  };
  const run = ([final, all]: readonly (typeof outputs)[number][]) =>
    compileReference(program("p", inputs, { final: final!, all: all! })).run(values);
  // By hand: 10, 20 → 21, 42 → 45, 88 → 95, 182; backwards 10, 20 → 25, 46 → 53, 96 → 107, 194.
  expect([...run(written).final!.data]).toEqual(reverse ? [107, 194] : [95, 182]);
  expect([...run(written).all!.data]).toEqual(reverse ? [107, 194, 53, 96, 25, 46] : [21, 42, 45, 88, 95, 182]);
  expect(run(written)).toEqual(run(outputs));
});

test("refuses an open number of indices", () => {
  const { outputs } = recurrence("time", false);
  expect(() => unrollScans(outputs)).toThrow("a scan over time indices, expected a known number");
});
