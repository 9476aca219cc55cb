/** A float32 engine for tests: every operation rounds, and sums are taken in a random order. */
import type { NDArray } from "../../graph/index.ts";
import type { Operator } from "../../graph/operator.ts";
import { forEachGroup } from "../../graph/operators/broadcast.ts";
import { bindDimensions, type Program } from "../../graph/program.ts";
import type { Arrays } from "../contract.ts";
import { type Domain, plan } from "../interpreter.ts";

/** Runs a program in float32. `random` gives numbers in [0, 1) that shuffle the sums. */
export function runFloat32(program: Program, inputs: Arrays, random: () => number): Record<string, NDArray> {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const domain: Domain<NDArray> = {
    make(dtype, shape) {
      const length = shape.reduce((a, b) => a * b, 1);
      const Memory = dtype === "float" ? Float32Array : dtype === "int" ? Int32Array : Uint8Array;
      return { dtype, shape, data: new Memory(length) };
    },
    view: ({ dtype, data }, shape) => ({ dtype, shape, data }),
    apply: (operator, given, out, attributes) => apply(operator, given, out, attributes, random),
    copy(from, start, to, at, count) {
      to.data.set(from.data.subarray(start, start + count), at);
    },
    sharesMemory: (a, b) => a.data === b.data,
  };
  const ready = plan(program, bindDimensions(program, shapes), domain);
  for (const [name, memory] of ready.inputs) memory.data.set(inputs[name]!.data);
  ready.run();
  return Object.fromEntries([...ready.outputs].map(([name, array]) => [name, { ...array, data: array.data.slice() }]));
}

function apply(
  operator: Operator,
  inputs: readonly NDArray[],
  out: NDArray,
  attributes: unknown,
  random: () => number,
): void {
  const [x, y] = inputs;
  if (operator.name === "MatMul") multiply(x!, y!, out, random);
  else if (out.dtype === "float" && (operator.name === "ReduceSum" || operator.name === "ReduceMean")) {
    const { axes } = attributes as { axes: readonly number[] };
    forEachGroup(x!, axes, (o, start, inner) => {
      const sum = shuffledSum(
        Array.from(inner, (k) => x!.data[start + k]!),
        random,
      );
      // Some engines divide, some multiply by the reciprocal.
      const mean = random() < 0.5 ? sum / inner.length : sum * Math.fround(1 / inner.length);
      out.data[o] = operator.name === "ReduceSum" ? sum : mean;
    });
  } else if (operator.name === "HardSigmoid") {
    const { alpha, beta } = attributes as { alpha: number; beta: number };
    for (let i = 0; i < out.data.length; i++) {
      const y = Math.fround(Math.fround(Math.fround(alpha) * x!.data[i]!) + Math.fround(beta));
      out.data[i] = Math.min(1, Math.max(0, y));
    }
  } else operator.value(inputs, out, attributes);
}

/** Adds numbers two at a time, each pair chosen at random, in float32. */
function shuffledSum(terms: number[], random: () => number): number {
  const left = [...terms];
  const take = () => left.splice(Math.floor(random() * left.length), 1)[0]!;
  while (left.length > 1) left.push(Math.fround(take() + take()));
  return left[0] ?? 0;
}

function multiply(a: NDArray, b: NDArray, out: NDArray, random: () => number): void {
  const [rows, inner, columns] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const lead = out.shape.slice(0, -2);
  const batches = lead.reduce((x, y) => x * y, 1);
  // Where a matrix of the batch begins, with broadcasting.
  const begin = (x: NDArray, batch: number) => {
    let rest = batch;
    let place = 0;
    let stride = x.shape.at(-1)! * x.shape.at(-2)!;
    for (let axis = 1; axis <= lead.length; axis++) {
      const index = rest % lead.at(-axis)!;
      rest = Math.floor(rest / lead.at(-axis)!);
      const extent = x.shape.at(-2 - axis) ?? 1;
      if (x.shape.length >= 2 + axis && extent > 1) place += index * stride;
      stride *= x.shape.length >= 2 + axis ? extent : 1;
    }
    return place;
  };
  for (let batch = 0; batch < batches; batch++) {
    const [left, right] = [begin(a, batch), begin(b, batch)];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const terms = Array.from({ length: inner }, (_, k) =>
          Math.fround(a.data[left + i * inner + k]! * b.data[right + k * columns + j]!),
        );
        out.data[(batch * rows + i) * columns + j] = shuffledSum(terms, random);
      }
    }
  }
}
