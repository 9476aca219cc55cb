/** Networks built by hand add exactly: the equations mean what the paper means by them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Adder, paperAdder, threeUnitAdder } from "../../tests/adders.ts";
import { ndarray } from "../graph/index.ts";
import { runCell } from "./properties.test-helper.ts";

/** The state in which the carry is as given, all other units off. */
function stateWith({ cell }: Adder, carry: number, layer: string, unit: number) {
  return Object.fromEntries(
    Object.entries(cell.state).map(([name, width]) => {
      const data = new Float64Array(width);
      if (name === layer) data[unit] = carry;
      return [name, ndarray(data, [1, width])];
    }),
  );
}

const adders = [
  ["of the paper", paperAdder(), "h4", 1],
  ["of the paper, ½ taken from every bias", paperAdder(0.5), "h4", 1],
  ["of three units", threeUnitAdder(), "h1", 1],
] as const;

describe.each(adders)("the adder %s", (_, adder, layer, unit) => {
  const { run } = runCell(adder.cell);

  test("has all eight transitions", () => {
    for (const carry of [0, 1]) {
      for (const a of [0, 1]) {
        for (const b of [0, 1]) {
          const x = ndarray(Float64Array.of(a, b), [1, 1, 2]);
          const { output, final } = run(adder.parameters, x, stateWith(adder, carry, layer, unit));
          expect(output.data[0], `digit of ${a} + ${b} + ${carry}`).toBe((a + b + carry) % 2);
          expect(final[layer]!.data[unit], `carry of ${a} + ${b} + ${carry}`).toBe(a + b + carry > 1 ? 1 : 0);
        }
      }
    }
  });

  test("adds numbers of any length", () => {
    const number = (digits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(digits)) - 1n });
    const pair = fc.integer({ min: 1, max: 300 }).chain((digits) => fc.tuple(number(digits), number(digits)));
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const steps = (a | b).toString(2).length + 1;
        const bit = (value: bigint, k: number) => Number((value >> BigInt(k)) & 1n);
        const x = Float64Array.from({ length: 2 * steps }, (_, k) => bit(k % 2 === 0 ? a : b, k >> 1));
        const { output } = run(adder.parameters, ndarray(x, [steps, 1, 2]), stateWith(adder, 0, layer, unit));
        const width = adder.cell.output;
        const digits = output.data.filter((_, k) => k % width === 0);
        expect([...digits].reduceRight((sum, digit) => 2n * sum + BigInt(digit), 0n)).toBe(a + b);
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});
