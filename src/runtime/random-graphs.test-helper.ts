/** Tests that a runtime computes what the reference computes: values and gradients of random graphs, scans included. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradientProgram, randomProgram } from "../../tests/random-graph.ts";
import { type NDArray, optimize, type Program } from "../graph/index.ts";
import type { Runtime } from "./contract.ts";
import { compileReference } from "./reference/reference.ts";

/** @param runs how many graphs: for their values, their gradients, and these after optimization. */
export function testRandomGraphs(runtime: Runtime, runs: readonly [number, number, number]): void {
  const expectSame = async (program: Program, inputs: Readonly<Record<string, NDArray>>): Promise<void> => {
    const wanted = compileReference(program).run(inputs);
    await using executable = await runtime.compile(program);
    const received = await executable.run(inputs);
    for (const [name, { shape, data }] of Object.entries(wanted)) {
      expect([...received[name]!.shape]).toEqual([...shape]);
      // Relative to the largest element: sums of terms that cancel are only as exact as their terms.
      const scale = Math.max(1, ...Array.from(data, Math.abs));
      data.forEach((value, k) => {
        const error = Math.abs(received[name]!.data[k]! - value);
        expect(error, `${name}[${k}] of ${value}`).toBeLessThanOrEqual(2e-5 * scale);
      });
    }
  };

  test("values of random graphs", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram(), ({ program, inputs }) => expectSame(program, inputs)),
      { numRuns: runs[0], seed: 1 },
    );
  });

  test("gradients of random graphs", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram(), (graph) => expectSame(gradientProgram(graph), graph.inputs)),
      { numRuns: runs[1], seed: 2 },
    );
  });

  test("gradients of random graphs after optimization", { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomProgram(), (graph) => {
        const plain = gradientProgram(graph);
        const names = Object.keys(plain.outputs);
        const outputs = optimize(Object.values(plain.outputs)).map((tensor, k) => [names[k]!, tensor]);
        return expectSame({ ...plain, outputs: Object.fromEntries(outputs) }, graph.inputs);
      }),
      { numRuns: runs[2], seed: 3 },
    );
  });
}
