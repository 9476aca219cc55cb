import fc from "fast-check";
import { expect, test } from "vitest";
import { gradientProgram, randomProgram } from "../../../tests/random-graph.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import {
  add,
  input,
  mul,
  type NDArray,
  type OptimizeOptions,
  optimize,
  type Program,
  program,
  scan,
  type Tensor,
} from "../index.ts";

/** The program with its outputs optimized. */
function optimized({ name, inputs, outputs }: Program, options: OptimizeOptions = {}): Program {
  const names = Object.keys(outputs);
  const made = optimize(Object.values(outputs), options);
  return program(name, inputs, Object.fromEntries(names.map((output, k) => [output, made[k]!])));
}

/** Outputs agree to what the order of sums changes. */
function expectSame(expected: Program, actual: Program, inputs: Readonly<Record<string, NDArray>>): void {
  const received = compileReference(actual).run(inputs);
  for (const [name, { shape, data }] of Object.entries(compileReference(expected).run(inputs))) {
    expect(received[name]!.shape, name).toEqual(shape);
    const scale = Math.max(1, ...Array.from(data, Math.abs));
    data.forEach((value, k) => {
      if (Object.is(received[name]!.data[k], value)) return;
      expect(Math.abs(received[name]!.data[k]! - value), `${name}[${k}] of ${value}`).toBeLessThan(1e-10 * scale);
    });
  }
}

test("a state that is added to itself counts twice", () => {
  const start = input("start", [2]);
  const drive = input("drive", ["time", 2]);
  const { state } = scan({
    state: { h: start },
    sequences: { x: drive },
    step: ({ h }, { x }) => ({ state: { h: add(h, mul(add(x, h), 1), h) } }),
  });
  // By hand: a step is h ← 3h + x; from 1 with x = 1, 2: 4, 14; from −1 with 0, 1: −3, −8.
  const [final] = optimize([state.h]) as [Tensor];
  const values = {
    start: { dtype: "float" as const, shape: [2], data: Float64Array.of(1, -1) },
    drive: { dtype: "float" as const, shape: [2, 2], data: Float64Array.of(1, 0, 2, 1) },
  };
  const { h } = compileReference(program("p", { start, drive }, { h: final })).run(values);
  expect([...h!.data]).toEqual([14, -8]);
});

/** As it is by default, and with everything turned that can be. */
const settings: readonly OptimizeOptions[] = [{}, { weightsPerNumber: 0 }];

test.each(settings)("values of random graphs: %o", (options) => {
  fc.assert(
    fc.property(randomProgram(), ({ program, inputs }) => expectSame(program, optimized(program, options), inputs)),
    { numRuns: 150, seed: 1 },
  );
});

test.each(settings)("derivatives of random graphs, optimized before and after: %o", (options) => {
  fc.assert(
    fc.property(randomProgram(), (graph) => {
      const plain = gradientProgram(graph);
      expectSame(plain, optimized(plain, options), graph.inputs);
      const [loss] = optimize([graph.loss], options) as [Tensor];
      const after = gradientProgram({ ...graph, loss });
      expectSame(plain, after, graph.inputs);
      expectSame(plain, optimized(after, options), graph.inputs);
    }),
    { numRuns: 80, seed: 2 },
  );
});
