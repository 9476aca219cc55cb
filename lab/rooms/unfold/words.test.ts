import { describe, expect, test } from "vitest";
import { namedNetwork, networkSymbols, unfold, unfoldedStructure } from "../../../src/index.ts";
import { explain, stepInWords } from "./words.ts";

const lstm = namedNetwork("lstm");
const symbols = networkSymbols(lstm, "matrix");
const structure = unfoldedStructure(unfold(lstm, { steps: 3 }), "matrix");
const told = (lit: Parameters<typeof explain>[0]) => explain(lit, symbols, structure, "lstm");

describe("what is lit, in words", () => {
  test("values: at any time, before, at a step", () => {
    expect(told({ kind: "value", names: ["c"], offset: 0 })).toBe(
      "cₜ: cell state, 3 units. Made of fₜ, cₜ₋₁, iₜ and gₜ. Goes into hₜ and cₜ of the next step.",
    );
    expect(told({ kind: "value", names: ["h"], offset: -1 })).toContain(
      "hₜ₋₁: hidden state, of the step before, 3 units.",
    );
    expect(told({ kind: "value", names: ["x"], time: 2 })).toBe(
      "xₜ: input, at step 2, 2 units. It comes from outside. Goes into iₜ, fₜ, gₜ and oₜ.",
    );
    expect(told({ kind: "value", names: ["h"], time: 0 })).toContain("before the first step");
  });
  test("weights and biases: from where to where, and in how many places", () => {
    expect(told({ kind: "parameter", names: ["Uf"] })).toBe(
      "U_f: weights, 3×3, from hₜ₋₁ to fₜ. The unfolded network has it in 2 places, the same each time.",
    );
    expect(told({ kind: "parameter", names: ["c"] })).toBe(
      "c: bias, 1, added to yₜ. The unfolded network has it in one place.",
    );
    expect(told({ kind: "parameter", names: ["Wi", "Wg"] })).toContain(
      "W_i and W_g: weights, 2×3, one array for each gate.",
    );
  });
  test("functions and sums", () => {
    expect(told({ kind: "function", names: ["tanh"] })).toBe(
      "tanh(a), from −1 to 1. It is applied to each unit by itself.",
    );
    expect(told({ kind: "sum", names: ["j"], terms: 3 })).toBe("Σ over j: a sum of 3 terms.");
  });
});

test("what steps add", () => {
  expect(stepInWords(structure, 1)).toBe("Step 1 adds h₁, 3 units, which reads x₁. Its weights are W_i, W_g and W_o.");
  expect(stepInWords(structure, 2)).toContain(
    "which reads h₁ and x₂. New weights: U_i, U_f, U_g, U_o and W_f; the others",
  );
  expect(stepInWords(structure, 3)).toContain(
    "h₃, 3 units, which reads h₂ and x₃; y₃, 1 unit, which reads h₃. New weights: V;",
  );
});
