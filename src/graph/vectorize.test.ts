import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputsOf, type OperatorCase, operatorTable, valuesFor } from "../../tests/operator-table.ts";
import { generator, type RandomGraph, randomInputs, randomProgram } from "../../tests/random-graph.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import * as graph from "./index.ts";
import { gradient, input, type NDArray, program, type Tensor, vectorize } from "./index.ts";

const REPLICAS = 3;

/** Element k of the first axis. */
function row({ dtype, shape, data }: NDArray, k: number): NDArray {
  const [count = 1, ...rest] = shape;
  const size = data.length / count;
  return { dtype, shape: rest, data: data.slice(k * size, (k + 1) * size) };
}

function stack(rows: readonly NDArray[]): NDArray {
  const [first] = rows as [NDArray];
  const size = first.data.length;
  const data = allocate(first, size * rows.length);
  rows.forEach((one, k) => {
    data.set(one.data, k * size);
  });
  return { dtype: first.dtype, shape: [rows.length, ...first.shape], data };
}
const allocate = ({ dtype }: NDArray, size: number) =>
  dtype === "float" ? new Float64Array(size) : dtype === "int" ? new Int32Array(size) : new Uint8Array(size);

function expectClose(actual: NDArray, expected: NDArray, words: string): void {
  expect(actual.dtype, words).toBe(expected.dtype);
  expect(actual.shape, words).toEqual(expected.shape);
  expected.data.forEach((value, k) => {
    if (Object.is(actual.data[k], value)) return;
    expect(Math.abs(actual.data[k]! - value), `${words}, element ${k}`).toBeLessThan(1e-11 * (1 + Math.abs(value)));
  });
}

/**
 * Holds the vectorized graph against a loop over replicas.
 * @param outputs of the graph for one.
 * @param values for each input: with a leading axis where it is batched.
 */
function checkReplicas(
  inputs: Readonly<Record<string, Tensor>>,
  outputs: readonly Tensor[],
  values: Readonly<Record<string, NDArray>>,
  batched: readonly string[],
): void {
  const wide = new Map(
    batched.map((name) => [name, input(name, ["population", ...inputs[name]!.shape], inputs[name]!.dtype)]),
  );
  const mapping = new Map([...wide].map(([name, tensor]) => [inputs[name]!, tensor]));
  const made = vectorize(outputs, mapping, "population");
  const named = (tensors: readonly Tensor[]) => Object.fromEntries(tensors.map((tensor, k) => [`y${k}`, tensor]));
  const many = compileReference(program("many", { ...inputs, ...Object.fromEntries(wide) }, named(made))).run(values);
  const one = compileReference(program("one", inputs, named(outputs)));
  for (let k = 0; k < REPLICAS; k++) {
    const own = Object.entries(values).map(([name, array]) => [name, batched.includes(name) ? row(array, k) : array]);
    const expected = one.run(Object.fromEntries(own));
    for (const name of Object.keys(expected)) {
      expect(many[name]!.shape[0]).toBe(REPLICAS);
      expectClose(row(many[name]!, k), expected[name]!, `${name} of replica ${k}, batched: ${batched.join(", ")}`);
    }
  }
}

/** All non-empty subsets. */
function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length - 1 }, (_, bits) => items.filter((_, k) => ((bits + 1) >> k) & 1));
}

describe("every operator with every choice of batched operands equals a loop over replicas", () => {
  for (const one of operatorTable) {
    test(one.name, () => {
      for (const batched of subsets(one.operands.map((_, k) => `x${k}`))) {
        const { inputs, values } = prepare(one, batched);
        checkReplicas(inputs, [one.build(...Object.values(inputs))], values, batched);
      }
    });
  }
});

describe("derivatives of the vectorized equal vectorized derivatives and a loop over replicas", () => {
  for (const one of operatorTable.filter(({ derivative }) => derivative !== "none")) {
    test(one.name, () => {
      const names = one.operands.map((_, k) => `x${k}`);
      for (const batched of subsets(names)) {
        const { inputs, values } = prepare(one, batched);
        const y = one.build(...Object.values(inputs));
        const wrt = batched.map((name) => inputs[name]!).filter(({ dtype }) => dtype === "float");
        const loss = graph.reduceSum(graph.sin(y));
        // ∂ first, then replicas.
        checkReplicas(inputs, gradient(loss, wrt), values, batched);
        // Replicas first, then ∂: a replica's loss depends on its own operands only.
        const wide = batched.map((name) => input(name, [REPLICAS, ...inputs[name]!.shape], inputs[name]!.dtype));
        const mapping = new Map(batched.map((name, k) => [inputs[name]!, wide[k]!]));
        const [losses] = vectorize([loss], mapping, REPLICAS);
        const floats = wide.filter(({ dtype }) => dtype === "float");
        const after = gradient(losses!, floats);
        const before = vectorize(gradient(loss, wrt), mapping, REPLICAS);
        const all = { ...inputs, ...Object.fromEntries(batched.map((name, k) => [name, wide[k]!])) };
        const outputs = [...after, ...before].map((tensor, k) => [`y${k}`, tensor] as const);
        const results = compileReference(program("both", all, Object.fromEntries(outputs))).run(values);
        after.forEach((_, k) => {
          expectClose(
            results[`y${k}`]!,
            results[`y${k + after.length}`]!,
            `derivative ${k}, batched: ${batched.join(", ")}`,
          );
        });
      }
    });
  }
});

function prepare(one: OperatorCase, batched: readonly string[]) {
  const inputs = Object.fromEntries(inputsOf(one).map((tensor, k) => [`x${k}`, tensor]));
  const values = Object.fromEntries(
    one.operands.map((operand, k) => {
      const rows = Array.from({ length: REPLICAS }, (_, replica) => valuesFor(operand, k + 10 * replica));
      return [`x${k}`, batched.includes(`x${k}`) ? stack(rows) : rows[0]!];
    }),
  );
  return { inputs, values };
}

describe("scans", () => {
  for (const reverse of [false, true]) {
    test(`${reverse ? "in reverse" : "forward"}: batched sequences, states, captures in every choice`, () => {
      const shapes = { x: ["time", "batch", 2], W: [2, 3], U: [3, 3], h: ["batch", 3], b: [3] } as const;
      const concrete = { x: [4, 2, 2], W: [2, 3], U: [3, 3], h: [2, 3], b: [3] } as const;
      for (const batched of subsets(Object.keys(shapes) as (keyof typeof shapes)[])) {
        const inputs = Object.fromEntries(
          Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]),
        ) as Record<keyof typeof shapes, Tensor>;
        const { state, outputs } = graph.scan({
          reverse,
          state: { h: inputs.h, still: inputs.b, count: graph.scalar(0) },
          sequences: { x: inputs.x },
          step: ({ h, still, count }, { x }) => {
            const next = graph.tanh(graph.add(graph.matmul(x, inputs.W), graph.matmul(h, inputs.U), still));
            const counted = graph.add(count, 1);
            return { state: { h: next, still, count: counted }, outputs: { y: graph.mul(next, counted), counted, x } };
          },
        });
        const random = generator(5);
        const values = Object.fromEntries(
          Object.entries(concrete).map(([name, shape]) => {
            const full = (batched as string[]).includes(name) ? [REPLICAS, ...shape] : shape;
            const length = full.reduce((a, b) => a * b, 1);
            return [name, { dtype: "float", shape: full, data: Float64Array.from({ length }, random) } as NDArray];
          }),
        );
        const all = [state.h, state.still, state.count, outputs.y, outputs.counted, outputs.x];
        const loss = graph.add(graph.reduceSum(outputs.y), graph.reduceSum(graph.sin(state.h)));
        checkReplicas(inputs, [...all, ...gradient(loss, Object.values(inputs))], values, batched);
      }
    });
  }
});

describe("random graphs", () => {
  const batchedInputs = (made: RandomGraph, seed: number) => {
    const random = generator(seed);
    const batched = Object.keys(made.program.inputs).filter(() => random() < 0.5);
    const sets = Array.from({ length: REPLICAS }, (_, k) => randomInputs(made.program.inputs, made.bindings, seed + k));
    const values = Object.fromEntries(
      Object.keys(made.program.inputs).map((name) => {
        const rows = sets.map((set) => set[name]!);
        return [name, batched.includes(name) ? stack(rows) : rows[0]!];
      }),
    );
    return { batched, values };
  };

  test("values and derivatives of all replicas", () => {
    fc.assert(
      fc.property(randomProgram(), fc.nat(), (made, seed) => {
        const { batched, values } = batchedInputs(made, seed);
        if (batched.length === 0) return;
        const derivatives = gradient(made.loss, Object.values(made.wrt));
        checkReplicas(made.program.inputs, [...Object.values(made.program.outputs), ...derivatives], values, batched);
      }),
      { seed: 21, numRuns: 120 },
    );
  });

  test("derivatives of the sum over replicas", () => {
    fc.assert(
      fc.property(randomProgram(), fc.nat(), (made, seed) => {
        const { batched, values } = batchedInputs(made, seed);
        const names = batched.filter((name) => made.wrt[name]);
        if (names.length === 0) return;
        const { inputs } = made.program;
        const wide = Object.fromEntries(
          batched.map((name) => [name, input(name, ["population", ...inputs[name]!.shape], inputs[name]!.dtype)]),
        );
        const mapping = new Map(batched.map((name) => [inputs[name]!, wide[name]!]));
        const [losses] = vectorize([made.loss], mapping, "population");
        const after = gradient(
          losses!,
          names.map((name) => wide[name]!),
        );
        const named = Object.fromEntries(names.map((name, k) => [name, after[k]!]));
        const actual = compileReference(program("after", { ...inputs, ...wide }, named)).run(values);
        const single = gradient(
          made.loss,
          names.map((name) => inputs[name]!),
        );
        const one = compileReference(
          program("one", inputs, Object.fromEntries(names.map((name, k) => [name, single[k]!]))),
        );
        for (let k = 0; k < REPLICAS; k++) {
          const own = Object.entries(values).map(([name, array]) => [
            name,
            batched.includes(name) ? row(array, k) : array,
          ]);
          const expected = one.run(Object.fromEntries(own));
          for (const name of names) expectClose(row(actual[name]!, k), expected[name]!, `∂/∂${name} of replica ${k}`);
        }
      }),
      { seed: 22, numRuns: 120 },
    );
  });
});

test("what depends on no batched input is repeated", () => {
  const x = input("x", [2]);
  const y = input("y", [2]);
  const wide = input("y", [3, 2]);
  const made = vectorize([graph.neg(x)], new Map([[y, wide]]), 3)[0]!;
  expect(made.shape).toEqual([3, 2]);
  const results = compileReference(program("p", { x, y: wide }, { made })).run({
    x: { dtype: "float", shape: [2], data: Float64Array.of(1, 2) },
    y: { dtype: "float", shape: [3, 2], data: new Float64Array(6) },
  });
  expect([...results.made!.data]).toEqual([-1, -2, -1, -2, -1, -2]);
});

test("scans that each capture the result of the one before, forty of them", () => {
  const w = input("w", []);
  const wide = input("wide", [2]);
  let last: Tensor = graph.scalar(1);
  for (let k = 0; k < 40; k++) {
    const before = last;
    last = graph.scan({ state: { h: w }, steps: 2, step: () => ({ state: { h: graph.mul(before, w) } }) }).state.h;
  }
  // w⁴⁰ and 40 w³⁹ at 1 and −1. Looking into each scan again for each that follows would take 2⁴⁰ steps.
  const [power, slope] = vectorize([last, ...gradient(last, [w])], new Map([[w, wide]]), 2) as [Tensor, Tensor];
  const results = compileReference(program("p", { wide }, { power, slope })).run({
    wide: { dtype: "float", shape: [2], data: Float64Array.of(1, -1) },
  });
  expect([...results.power!.data]).toEqual([1, 1]);
  expect([...results.slope!.data]).toEqual([40, -40]);
});
