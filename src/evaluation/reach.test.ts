import { expect, test } from "vitest";
import type { LengthResult } from "./evaluate.ts";
import { reachOf } from "./reach.ts";
import { rate } from "./wilson.ts";

/** Results of lengths 1, 2, … : of each replica "x" where it makes an error. */
async function* results(read: number[], ...replicas: string[]): AsyncGenerator<LengthResult[]> {
  for (let length = 1; length <= replicas[0]!.length; length++) {
    read.push(length);
    yield replicas.map((text, replica) => {
      const all = rate(text[length - 1] === "x" ? 7 : 8, 8);
      return { length, replica, isTrained: false, isHeldOut: true, exact: all, symbol: all };
    });
  }
}

test("the longest length before the first error", async () => {
  expect(await reachOf(results([], "..x.", "x...", "...."))).toEqual([2, 0, 4]);
  expect(await reachOf(results([], ""))).toEqual([]);
});

test("nothing is read after the last network's first error", async () => {
  const read: number[] = [];
  expect(await reachOf(results(read, "..x...", "x....."))).toEqual([2, 0]);
  expect(read).toEqual([1, 2, 3]);
});
