import fc from "fast-check";
import { expect, test } from "vitest";
import { compileReference } from "../src/runtime/reference/reference.ts";
import { gradientProgram, randomFunctions, randomProgram } from "./random-graph.ts";

test("random graphs run, stay within their range, and use every function", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(randomProgram(), (graph) => {
      for (const name of graph.used) seen.add(name);
      const results = compileReference(graph.program).run(graph.inputs);
      for (const { data } of Object.values(results)) {
        for (const value of data) expect(Math.abs(value)).toBeLessThan(40);
      }
    }),
    { seed: 1, numRuns: 400 },
  );
  expect([...seen].sort()).toEqual([...randomFunctions].sort());
});

test("the gradient program has the loss and a finite derivative in the shape of each input", () => {
  fc.assert(
    fc.property(randomProgram(), (graph) => {
      const results = compileReference(gradientProgram(graph)).run(graph.inputs);
      const { loss } = compileReference(graph.program).run(graph.inputs);
      expect(results.loss!.data[0]).toBe(loss!.data[0]);
      for (const name of Object.keys(graph.wrt)) {
        expect(results[name]!.shape).toEqual(graph.inputs[name]!.shape);
        for (const value of results[name]!.data) expect(Number.isFinite(value)).toBe(true);
      }
    }),
    { seed: 2, numRuns: 200 },
  );
});
