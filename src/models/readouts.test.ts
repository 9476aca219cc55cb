import { expect, test } from "vitest";
import { floats, runGraph } from "../../tests/run-graph.ts";
import { decodeLogits } from "./encode.ts";
import type { Model } from "./model.ts";
import { type Readout, readBy } from "./readouts.ts";

/** What is read off an output and its logit. */
function read(readout: Readout, outputs: readonly number[], logits: readonly number[]): number[] {
  const { answer } = runGraph(
    { z: floats(logits, [logits.length, 1]), p: floats(outputs, [outputs.length, 1]) },
    ({ z, p }) => {
      const model = { apply: () => ({ logits: z!, outputs: p!, final: {} }) } as unknown as Model;
      return { answer: decodeLogits(readBy(readout, model).apply({}, z!).logits) };
    },
  );
  return [...answer!.data];
}

test("answers by logit, by the nearest whole number and by the whole part", () => {
  const outputs = [-1, -0.99, 0, 0.5, 0.51, 0.99, 1, 1.99, 2];
  const logits = [1, -1, 0, 0.01, -5, 5, 5, 5, 5];
  expect(read("logits", outputs, logits)).toEqual([1, 0, 0, 1, 0, 1, 1, 1, 1]);
  expect(read("rounded", outputs, logits)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]);
  // 2 stands for what is neither 0 nor 1.
  expect(read("truncated", outputs, logits)).toEqual([2, 0, 0, 0, 0, 0, 1, 1, 2]);
});
