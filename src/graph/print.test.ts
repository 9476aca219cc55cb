import { describe, expect, test } from "vitest";
import { inputsOf, operatorTable } from "../../tests/operator-table.ts";
import * as graph from "./index.ts";
import { formula, input, recurrence, type Tensor } from "./index.ts";

const [a, b, c] = ["a", "b", "c"].map((name) => input(name, [2, 2])) as [Tensor, Tensor, Tensor];
const i = input("i", [2], "int");
const [p, q, r] = ["p", "q", "r"].map((name) => input(name, [2], "bool")) as [Tensor, Tensor, Tensor];
const { abs, add, and, div, equal, gather, greater, matmul, mul, neg, not, or, pow, slice, sub, tanh, where } = graph;

test("a step of a recurrent network", () => {
  const [x, h, W, U] = ["x", "h", "W", "U"].map((name) => input(name, [2, 2])) as [Tensor, Tensor, Tensor, Tensor];
  const next = tanh(add(matmul(x, W), matmul(h, U), b));
  expect(formula(next)).toBe("tanh(x W + h U + b)");
  expect(formula(next, "latex")).toBe("\\tanh\\left(x W + h U + b\\right)");
  const gate = graph.sigmoid(add(matmul(x, W), b));
  const mixed = add(mul(gate, h), mul(sub(1, gate), next));
  expect(formula(mixed)).toBe("σ(x W + b) ⊙ h + (1 − σ(x W + b)) ⊙ tanh(x W + h U + b)");
  expect(formula(mul(gate, h), "latex")).toBe("\\sigma\\left(x W + b\\right) \\odot h");
});

describe("parentheses where they are needed and nowhere else", () => {
  for (const [made, text] of [
    [sub(sub(a, b), c), "a − b − c"],
    [sub(a, sub(b, c)), "a − (b − c)"],
    [add(a, add(b, c)), "a + (b + c)"],
    [mul(add(a, b), c), "(a + b) ⊙ c"],
    [mul(a, mul(b, c)), "a ⊙ (b ⊙ c)"],
    [div(a, mul(b, c)), "a/(b ⊙ c)"],
    [mul(div(a, b), c), "a/b ⊙ c"],
    [div(add(a, b), neg(c)), "(a + b)/(−c)"],
    [neg(add(a, b)), "−(a + b)"],
    [neg(mul(a, b)), "−(a ⊙ b)"],
    [neg(neg(a)), "−(−a)"],
    [sub(a, neg(b)), "a − (−b)"],
    [add(neg(a), b), "−a + b"],
    [add(a, -2), "a + (−2)"],
    [mul(-0.5, a), "(−0.5) ⊙ a"],
    [pow(neg(a), 2), "(−a)^2"],
    [neg(pow(a, 2)), "−a^2"],
    [pow(add(a, b), sub(c, 1)), "(a + b)^(c − 1)"],
    [pow(pow(a, b), c), "(a^b)^c"],
    [mul(a, 1e-7), "a ⊙ 1e−7"],
    // Matrix products hold together more strongly than products of elements.
    [matmul(mul(a, b), c), "(a ⊙ b) c"],
    [mul(a, matmul(b, c)), "a ⊙ b c"],
    [matmul(matmul(a, b), c), "a b c"],
    [matmul(a, matmul(b, c)), "a (b c)"],
    [matmul(a, neg(b)), "a (−b)"],
    [matmul(graph.swapLastAxes(add(a, b)), c), "(a + b)ᵀ c"],
    [pow(graph.swapLastAxes(a), 2), "(aᵀ)^2"],
    [graph.swapLastAxes(pow(a, 2)), "(a^2)ᵀ"],
    [abs(sub(a, b)), "|a − b|"],
    [slice(add(a, b), { axis: 1, start: 1 }), "(a + b)[1:2]"],
    [slice(tanh(a), { axis: 1, start: 1 }), "tanh(a)[1:2]"],
    [gather(neg(a), i), "(−a)[i]"],
    [greater(add(a, b), c), "a + b > c"],
    [and(greater(a, b), not(equal(b, c))), "a > b ∧ ¬(b = c)"],
    [and(or(p, q), r), "(p ∨ q) ∧ r"],
    [or(and(p, q), r), "p ∧ q ∨ r"],
    [or(p, and(q, r)), "p ∨ q ∧ r"],
    [or(p, or(q, r)), "p ∨ (q ∨ r)"],
    [not(and(p, q)), "¬(p ∧ q)"],
    [equal(equal(p, q), r), "(p = q) = r"],
    [equal(p, and(q, r)), "p = (q ∧ r)"],
    [where(greater(a, 0), a, neg(b)), "where(a > 0, a, −b)"],
    [graph.concat([add(a, b), c], 0), "[a + b, c]"],
    [graph.clip(a, -1, 1), "clip(a, −1, 1)"],
    [graph.reshape(add(a, b), [4]), "a + b"],
    [graph.logSoftmax(a), "log softmax(a)"],
  ] as const) {
    test(text, () => expect(formula(made)).toBe(text));
  }
});

describe("LaTeX", () => {
  for (const [made, text] of [
    [sub(a, sub(b, c)), "a - \\left(b - c\\right)"],
    [add(a, -2), "a + \\left(-2\\right)"],
    [mul(a, 1e-7), "a \\odot \\left(1 \\cdot 10^{-7}\\right)"],
    [div(add(a, b), c), "\\left(a + b\\right) / c"],
    [pow(add(a, b), sub(c, 1)), "\\left(a + b\\right)^{c - 1}"],
    [pow(graph.swapLastAxes(a), 2), "\\left(a^{\\top}\\right)^{2}"],
    [graph.sqrt(add(a, b)), "\\sqrt{a + b}"],
    [graph.exp(neg(a)), "\\exp\\left(-a\\right)"],
    [abs(a), "\\left|a\\right|"],
    [gather(add(a, b), i), "{\\left(a + b\\right)}_{i}"],
    [slice(a, { axis: 0, end: 1 }), "{a}_{0:1}"],
    [and(greater(a, b), not(p)), "a > b \\land \\lnot p"],
    [graph.relu(a), "\\operatorname{relu}\\left(a\\right)"],
    [graph.clip(a, -1, Number.POSITIVE_INFINITY), "\\operatorname{clip}\\left(a, -1, \\infty\\right)"],
    [graph.softmax(a), "\\operatorname{softmax}\\left(a\\right)"],
  ] as const) {
    test(text, () => expect(formula(made, "latex")).toBe(text));
  }
});

test("every operator prints its operands, with balanced brackets", () => {
  for (const one of operatorTable) {
    for (const style of ["text", "latex"] as const) {
      const inputs = inputsOf(one);
      const text = formula(one.build(...inputs), style);
      expect(text, one.name).toContain("x0");
      let depth = 0;
      for (const letter of text.replaceAll(/\\left\||\\right\|/g, "")) {
        if ("([{".includes(letter)) depth++;
        else if (")]}".includes(letter)) depth--;
        expect(depth, text).toBeGreaterThanOrEqual(0);
      }
      expect(depth, text).toBe(0);
      expect(text.match(/\\left/g)?.length).toBe(text.match(/\\right/g)?.length);
    }
  }
});

test("a recurrence is written as its step", () => {
  const x = input("x", ["time", "batch", 2]);
  const [W, U] = [input("W", [2, 3]), input("U", [3, 3])];
  const { state, outputs, node } = graph.scan({
    state: { h: input("h0", ["batch", 3]) },
    sequences: { x },
    step({ h }, items) {
      const next = tanh(add(matmul(items.x, W), matmul(h, U)));
      return { state: { h: next }, outputs: { y: mul(next, 2) } };
    },
  });
  expect(recurrence(node)).toEqual(["h ← tanh(x W + h U)", "tanh(x W + h U) ⊙ 2"]);
  expect(recurrence(node, "latex")[0]).toBe("h \\leftarrow \\tanh\\left(x W + h U\\right)");
  expect(formula(add(state.h, 1))).toBe("scan(h0, x)[1] + 1");
  expect(formula(outputs.y, "latex")).toBe("\\operatorname{scan}\\left(h0, x\\right)_{2}");
});
