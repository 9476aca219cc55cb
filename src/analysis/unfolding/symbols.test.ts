import { describe, expect, test } from "vitest";
import { namedNetwork, unfoldableNames } from "./named.ts";
import type { FormulaForm } from "./names.ts";
import { networkSymbols } from "./symbols.ts";

const told = (name: string, form: FormulaForm, options: object = {}) =>
  new Map(networkSymbols(namedNetwork(name, options), form).map((symbol) => [`${symbol.kind} ${symbol.name}`, symbol]));

test("papers/002, eq. 1 and 2: what each symbol is, and where it acts", () => {
  const symbols = told("rnn", "sums", { input: 2, hidden: 3 });
  expect([...symbols.values()].map(({ text, role, shape }) => [text, role, shape.join("×")])).toEqual([
    ["x^(0)(t)", "input", "2"],
    ["x^(1)(t)", "state", "3"],
    ["ŷ(t)", "output", "1"],
    ["w^(1)", "weights", "2×3"],
    ["w^(rec)", "weights", "3×3"],
    ["b^(1)", "bias", "3"],
    ["w^(2)", "weights", "3×1"],
    ["b^(2)", "bias", "1"],
  ]);
  expect(symbols.get("parameter U")).toMatchObject({
    latex: "w^{(rec)}",
    reads: [{ name: "h", time: -1 }],
    into: [{ name: "h", time: 0 }],
  });
  // The state goes into itself at the next step, and into the output at once.
  expect(symbols.get("value h")!.into).toEqual([
    { name: "h", time: 1 },
    { name: "y", time: 0 },
  ]);
});

describe("cells with gates", () => {
  test("a forget gate reads the input and the state before, and makes the cell state", () => {
    const symbols = told("lstm", "matrix");
    expect(symbols.get("value f")).toMatchObject({
      text: "fₜ",
      latex: "f_{t}",
      before: "fₜ₋₁",
      role: "gate",
      reads: [
        { name: "x", time: 0 },
        { name: "h", time: -1 },
      ],
      into: [{ name: "c", time: 0 }],
    });
    expect(symbols.get("value c")!.reads).toContainEqual({ name: "c", time: -1 });
    expect(symbols.get("parameter bf")).toMatchObject({ role: "bias", reads: [], into: [{ name: "f", time: 0 }] });
  });
  test("peepholes multiply unit by unit: those of o see the state of now, those of f that before", () => {
    const symbols = told("lstm-peephole", "matrix");
    expect(symbols.get("parameter po")).toMatchObject({ role: "diagonal", reads: [{ name: "c", time: 0 }] });
    expect(symbols.get("parameter pf")).toMatchObject({ role: "diagonal", reads: [{ name: "c", time: -1 }] });
  });
  test("a value and a parameter of the same name are two", () => {
    const symbols = told("lstm", "matrix");
    expect(symbols.get("value c")!.role).toBe("state");
    expect(symbols.get("parameter c")).toMatchObject({ role: "bias", into: [{ name: "y", time: 0 }] });
  });
});

test.each(unfoldableNames)("%s: each symbol acts somewhere, but the output", (name) => {
  for (const { kind, role, into, reads } of told(name, "sums").values()) {
    if (kind === "parameter" || role !== "output") expect(into.length + reads.length).toBeGreaterThan(0);
    if (kind === "parameter") expect(into.length).toBeGreaterThan(0);
    if (role === "weights" || role === "diagonal") expect(reads.length).toBeGreaterThan(0);
  }
});
