/** Derivatives held against central differences, whose error must fall as h². */
import { expect } from "vitest";
import type { NDArray, Program } from "../src/graph/index.ts";
import { compileReference } from "../src/runtime/reference/reference.ts";
import { generator } from "./random-graph.ts";

type Arrays = Readonly<Record<string, NDArray>>;

/**
 * Measures the derivative of a program's output "loss" along a random direction in some of its inputs, and compares.
 * @param program has an output "loss" and, for each name of `wrt`, an output of that name: ∂loss/∂input.
 * @param step the first h; the others are h/2 and h/4.
 */
export function checkDerivatives(
  program: Program,
  inputs: Arrays,
  wrt: readonly string[],
  { step = 2 ** -7, seed = 1 } = {},
): void {
  const compiled = compileReference(program);
  const random = generator(seed);
  const direction = new Map(wrt.map((name) => [name, inputs[name]!.data.map(() => random() * 2 - 1)] as const));
  const at = (h: number) => {
    const moved = Object.fromEntries(
      Object.entries(inputs).map(([name, array]) => {
        const along = direction.get(name);
        const data = along ? Float64Array.from(array.data, (x, k) => x + h * along[k]!) : array.data;
        return [name, { ...array, data }];
      }),
    );
    return compiled.run(moved).loss!.data[0]!;
  };
  const results = compiled.run(inputs);
  let derived = 0;
  for (const name of wrt) {
    expect(results[name]!.shape).toEqual(inputs[name]!.shape);
    direction.get(name)!.forEach((along, k) => {
      derived += along * results[name]!.data[k]!;
    });
  }
  const errors = [step, step / 2, step / 4].map((h) => (at(h) - at(-h)) / (2 * h) - derived);
  for (let k = 1; k < errors.length; k++) {
    const [before, now] = [errors[k - 1]!, errors[k]!];
    if (Math.abs(now) < 1e-9) continue;
    const words = `derivative ${derived}, errors of the differences ${errors.join(", ")}`;
    expect(before / now, words).toBeGreaterThan(3.5);
    expect(before / now, words).toBeLessThan(4.5);
  }
}
