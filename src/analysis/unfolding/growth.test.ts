import { expect, test } from "vitest";
import { unfoldingGrowth } from "./growth.ts";
import { namedNetwork } from "./named.ts";
import { unfoldedFormula } from "./solution.ts";
import { unfoldedStructure } from "./structure.ts";
import { unfold } from "./unfold.ts";

test("papers/002's network by hand: T layers of 2·3 + 3 weights from inputs and biases, T − 1 of 3·3, and 3 + 1 for the output", () => {
  const sizes = unfoldingGrowth(namedNetwork("rnn", { input: 2, hidden: 3 }), { steps: 5 });
  expect(sizes.map(({ steps }) => steps)).toEqual([1, 2, 3, 4, 5]);
  for (const { steps, parameters, distinctParameters, operations, expanded, named } of sizes) {
    expect(parameters).toBe(steps * 9 + (steps - 1) * 9 + 4);
    expect(distinctParameters).toBe(steps === 1 ? 13 : 22);
    // Two products, two sums and a function a step, at the first one less of each; three operations of the output.
    expect(operations).toBe(5 * steps - 2 + 3);
    // V, c; W, x, b at each step, U at all but the first. With names h is written at each of the two places where it is read.
    expect(expanded).toBe(2 + 3 * steps + steps - 1);
    expect(named).toBe(expanded + steps);
  }
});

test("an LSTM's formula grows by a factor where its gates are put in, by a constant where they have names", () => {
  const sizes = unfoldingGrowth(namedNetwork("lstm"), { steps: 8 });
  const named = sizes.map((size) => size.named);
  expect(new Set(named.slice(1).map((size, k) => size - named[k]!)).size).toBe(1);
  const factors = sizes.slice(4).map(({ expanded }, k) => expanded / sizes[k + 3]!.expanded);
  for (const factor of factors) expect(factor).toBeGreaterThan(4);
});

test.each(["rnn", "lstm-peephole", "gru", "ilrnn", "stack"])("%s: as its formula and its structure say", (name) => {
  const network = namedNetwork(name);
  for (const thresholds of [true, false]) {
    const sizes = unfoldingGrowth(network, { steps: 2, thresholds });
    const size = (expand: boolean) => unfoldedFormula(network, { steps: 2, thresholds, expand }).size;
    expect(sizes[1]).toMatchObject({
      expanded: size(true),
      parameters: unfoldedStructure(unfold(network, { steps: 2, thresholds })).counts.parameters,
    });
    if (name !== "rnn" && name !== "ilrnn") expect(sizes[1]!.named).toBe(size(false));
  }
});

test("a number of steps that can't be is refused", () => {
  expect(() => unfoldingGrowth(namedNetwork("rnn"), { steps: 0 })).toThrow("received 0 time steps");
});
