import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { feedforward } from "../../cells/index.ts";
import { ndarray } from "../../graph/index.ts";
import { findModel } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { recurrentProgram } from "./equivalence.ts";
import { evaluateMatrix, evaluateScalar, evaluateSums, type Numbers } from "./evaluate.test-helper.ts";
import type { MarkSymbol } from "./formula.ts";
import { namedNetwork } from "./named.ts";
import { type FormulaForm, namesOf, written } from "./names.ts";
import { parametersOf, type RecurrentNetwork } from "./network.ts";
import { unfoldedFormula } from "./solution.ts";
import { biasesOf, unfold } from "./unfold.ts";

/** A network of a kind of model, with a readout of output units. */
function networkOf(
  name: string,
  options: object,
  { input, output }: { input: number; output: number },
  activation: "tanh" | "sigmoid" = "tanh",
): RecurrentNetwork {
  const isInterLayer = name === "ilrnn";
  const signature = { channels: [], answers: isInterLayer ? output : 0, features: input, values: output };
  const { cell } = findModel(name).build(
    options,
    isInterLayer ? { channels: Array(input).fill(2), answers: 2 } : signature,
  );
  return isInterLayer ? { cell: cell! } : { cell: cell!, readout: { units: output, activation } };
}

/** The network of papers/002, eq. 1 and 2. */
const sheet = networkOf("rnn", { hidden: 3 }, { input: 2, output: 1 });

const solutionText = (steps: number, network = sheet) => unfoldedFormula(network, { steps }).derivation.at(-1)!;
const lines = (...all: string[]) => all.join("\n");

describe("the network of papers/002", () => {
  test("its equations, eq. 1 and 2", () => {
    const { equations, activation, isWithoutThresholds } = unfoldedFormula(sheet, { steps: 4 });
    expect(equations).toEqual([
      { left: "ŷ_i(t)", right: "g[Σ_j w_ij^(2) x_j^(1)(t)]" },
      { left: "x_j^(1)(t)", right: "g[Σ_k w_jk^(1) x_k^(0)(t) + Σ_i w_ji^(rec) x_i^(1)(t−1)]" },
    ]);
    expect(activation).toBe("tanh");
    expect(isWithoutThresholds).toBe(true);
  });

  test("eq. 10 to 13", () => {
    expect(solutionText(4)).toEqual({
      left: "ŷ_i(t=4)",
      right: lines(
        "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=4)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=3)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=2)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=1)]]]]]",
      ),
    });
  });

  test("eq. 3, 4, 5 to 6, 7 to 9: one substitution after the other", () => {
    expect(
      unfoldedFormula(sheet, { steps: 4, derivation: true })
        .derivation.slice(0, 4)
        .map(({ right }) => right),
    ).toEqual([
      "g[Σ_j w_ij^(2) x_j^(1)(t=4)]",
      "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=4) + Σ_i w_ji^(rec) x_i^(1)(t=3)]]",
      lines(
        "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=4)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=3) + Σ_i w_ji^(rec) x_i^(1)(t=2)]]]",
      ),
      lines(
        "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=4)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=3)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=2) + Σ_i w_ji^(rec) x_i^(1)(t=1)]]]]",
      ),
    ]);
    expect(unfoldedFormula(sheet, { steps: 4, derivation: true }).derivation).toHaveLength(5);
  });

  test("over one, two and three steps, by hand", () => {
    expect(solutionText(1)).toEqual({ left: "ŷ_i(t=1)", right: "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=1)]]" });
    expect(solutionText(2).right).toBe(
      lines("g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=2)", "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=1)]]]"),
    );
    expect(solutionText(3).right).toBe(
      lines(
        "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=3)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=2)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=1)]]]]",
      ),
    );
  });

  test("with different indices, thresholds, a state before the first step", () => {
    const of = (options: object) => unfoldedFormula(sheet, { steps: 2, ...options }).derivation.at(-1)!.right;
    expect(of({ indices: "distinct" })).toBe(
      lines("g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=2)", "+ Σ_j₂ w_jj₂^(rec) g[Σ_k w_j₂k^(1) x_k^(0)(t=1)]]]"),
    );
    expect(of({ thresholds: true })).toBe(
      lines(
        "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=2)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=1) + b_j^(1)] + b_j^(1)] + b_i^(2)]",
      ),
    );
    expect(of({ initial: "symbolic" })).toBe(
      lines(
        "g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=2)",
        "+ Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=1) + Σ_i w_ji^(rec) x_i^(1)(t=0)]]]",
      ),
    );
  });

  test("as matrices and as numbers", () => {
    const numbers = networkOf("rnn", { hidden: 1 }, { input: 1, output: 1 });
    const of = (options: object) =>
      unfoldedFormula("form" in options && options.form === "scalar" ? numbers : sheet, {
        steps: 2,
        ...options,
      }).derivation.at(-1)!;
    expect(() => unfoldedFormula(sheet, { steps: 2, form: "scalar" })).toThrow(
      'rnn has sizes 2, 3, 1, expected 1 for all of them in the form "scalar"',
    );
    expect(of({ form: "matrix" })).toEqual({ left: "y₂", right: "tanh(tanh(x₂ W + tanh(x₁ W + b) U + b) V + c)" });
    expect(of({ form: "scalar" })).toEqual({
      left: "y_2",
      right: "tanh(W_out tanh(W_in x_2 + W_rec tanh(W_in x_1 + b_h) + b_h) + b_y)",
    });
    expect(of({ form: "matrix", style: "latex", thresholds: false })).toEqual({
      left: "y_{2}",
      right: "\\tanh\\left(\\tanh\\left(x_{2} W + \\tanh\\left(x_{1} W\\right) U\\right) V\\right)",
    });
    expect(of({ form: "scalar", style: "latex", thresholds: false }).right).toBe(
      "\\tanh\\left(W^{\\text{out}} \\tanh\\left(W^{\\text{in}} x_{2} + W^{\\text{rec}} \\tanh\\left(W^{\\text{in}} x_{1}\\right)\\right)\\right)",
    );
    expect(of({ style: "latex" })).toEqual({
      left: "\\hat{y}_{i}(t=2)",
      right: lines(
        "g\\big[\\sum_{j} w_{ij}^{(2)} g\\big[\\sum_{k} w_{jk}^{(1)} x_{k}^{(0)}(t=2)",
        "+ \\sum_{i} w_{ji}^{(rec)} g\\big[\\sum_{k} w_{jk}^{(1)} x_{k}^{(0)}(t=1)\\big]\\big]\\big]",
      ),
    });
  });
});

test("layers of units on top of each other are x^(1), x^(2), as on the sheet", () => {
  const { equations } = unfoldedFormula(networkOf("rnn", { hidden: [3, 2] }, { input: 2, output: 1 }), { steps: 2 });
  expect(equations.map(({ left, right }) => `${left} = ${right}`)).toEqual([
    "ŷ_i(t) = g[Σ_l w_il^(3) x_l^(2)(t)]",
    "x_l^(2)(t) = g[Σ_j w_lj^(2) x_j^(1)(t) + Σ_l₂ w_ll₂^(rec,2) x_l₂^(2)(t−1)]",
    "x_j^(1)(t) = g[Σ_k w_jk^(1) x_k^(0)(t) + Σ_j₂ w_jj₂^(rec,1) x_j₂^(1)(t−1)]",
  ]);
});

test("a state before the first step that is learned, or that is fed back, has a name", () => {
  const whole = (options: object, initial: "zero" | "symbolic") =>
    unfoldedFormula(networkOf("rnn", options, { input: 2, output: 1 }), { steps: 1, initial }).derivation[0]!.right;
  const layers = whole({ hidden: [3, 2], feedback: true }, "symbolic");
  for (const value of ["x_j₂^(1)(t=0)", "x_m₂^(2)(t=0)", "y_l^(1)(t=0)", "y_s^(2)(t=0)"])
    expect(layers).toContain(value);
  expect(whole({ hidden: [3, 2], feedback: true }, "zero")).not.toContain("t=0");
});

test("a function of a state of zeros drops out with it where it is 0 at 0", () => {
  const network = (activation: string) =>
    networkOf("rnn-preactivation", { hidden: 3, activation }, { input: 2, output: 1 });
  const of = (activation: string) =>
    unfoldedFormula(network(activation), { steps: 1, form: "matrix", thresholds: false }).derivation[0]!.right;
  expect(of("tanh")).toBe("tanh(x₁ W V)");
  expect(of("sigmoid")).toBe("tanh((σ(0) U + x₁ W) V)");
});

test("gates keep their names, and their equations follow", () => {
  const { derivation, where } = unfoldedFormula(
    networkOf("lstm-sigmoid", { hidden: 1 }, { input: 1, output: 1 }, "sigmoid"),
    {
      steps: 2,
      form: "scalar",
      thresholds: false,
    },
  );
  expect(derivation).toEqual([{ left: "y_2", right: "σ(W_out h_2)" }]);
  expect(new Set(where.map(({ left, right }) => `${left} = ${right}`))).toEqual(
    new Set([
      "h_2 = o_2 σ(c_2)",
      "c_2 = f_2 c_1 + i_2 g_2",
      "i_2 = σ(W_in,i x_2 + W_rec,i h_1)",
      "f_2 = σ(W_in,f x_2 + W_rec,f h_1)",
      "g_2 = σ(W_in,g x_2 + W_rec,g h_1)",
      "o_2 = σ(W_in,o x_2 + W_rec,o h_1)",
      // c_0 = h_0 = 0: no forget gate, nothing recurrent.
      "h_1 = o_1 σ(c_1)",
      "c_1 = i_1 g_1",
      "i_1 = σ(W_in,i x_1)",
      "g_1 = σ(W_in,g x_1)",
      "o_1 = σ(W_in,o x_1)",
    ]),
  );
});

test("a formula that is too large says how large", () => {
  const lstm = networkOf("lstm", { hidden: 1 }, { input: 1, output: 1 });
  expect(() => unfoldedFormula(lstm, { steps: 10, expand: true })).toThrow(
    /lstm over 10 steps has a formula of [\d.]+ million symbols, its gates put in; expected at most 5,000: fewer steps, or gates that keep their names/,
  );
  expect(unfoldedFormula(lstm, { steps: 40 }).size).toBeLessThan(5000);
  expect(() => unfoldedFormula(sheet, { steps: 2000 })).toThrow("a formula of 6,000 symbols; expected at most 5,000");
  expect(() => unfoldedFormula(sheet, { steps: 301 })).toThrow(
    "rnn over 301 steps has a formula of 301 brackets inside each other; expected at most 300 steps",
  );
  expect(unfoldedFormula(sheet, { steps: 300 }).derivation[0]!.right.split("\n")).toHaveLength(300);
  for (const steps of [0, -1, 1.5, Number.NaN]) {
    expect(() => unfoldedFormula(sheet, { steps })).toThrow(`received ${steps} time steps, expected a whole number`);
  }
});

/** Every kind of cell, and stacks. */
const kinds: readonly [name: string, options: (hidden: number) => object][] = [
  ["rnn", (hidden) => ({ hidden })],
  ["rnn-preactivation", (hidden) => ({ hidden })],
  ["ilrnn", (hidden) => ({ layers: [hidden] })],
  ["ilrnn", (hidden) => ({ layers: [hidden], activation: "step", outputActivation: "hard-tanh" })],
  ["lstm", (hidden) => ({ hidden })],
  ["lstm", (hidden) => ({ hidden, gate: "hard-sigmoid", candidate: "hard-tanh", squash: "identity" })],
  ["lstm-peephole", (hidden) => ({ hidden })],
  ["lstm-sigmoid", (hidden) => ({ hidden })],
  ["dcm", (hidden) => ({ hidden })],
  ["gru", (hidden) => ({ hidden })],
  ["gru-reset-before", (hidden) => ({ hidden })],
  ["rnn", (hidden) => ({ hidden: [hidden, hidden] })],
  [
    "stack",
    (hidden) => ({
      layers: [
        { cell: "lstm", hidden },
        { cell: "rnn", hidden },
      ],
    }),
  ],
  [
    "stack",
    (hidden) => ({
      layers: [
        { cell: "gru", hidden },
        { cell: "lstm-peephole", hidden },
      ],
      feedback: true,
    }),
  ],
];
const sizes = {
  input: fc.integer({ min: 1, max: 3 }),
  hidden: fc.integer({ min: 1, max: 3 }),
  output: fc.integer({ min: 1, max: 2 }),
};

test.each(kinds.map(([name, options]) => [name, options(2)] as const))(
  "LaTeX of %s %j has balanced brackets, and none that grows over a new line",
  (name, options) => {
    for (const form of ["sums", "matrix"] as const) {
      const formula = unfoldedFormula(networkOf(name, options, { input: 2, output: 1 }), {
        ...{ steps: 2, form, style: "latex", expand: true, derivation: true, thresholds: true },
      });
      for (const { left, right } of [...formula.equations, ...formula.derivation]) {
        const text = `${left} = ${right}`;
        expect(/[₀-₉⁰¹²³Σσ−⊙ŷ]/u.exec(text)).toBeNull();
        const open: string[] = [];
        for (const [bracket] of text.matchAll(/[()[\]{}]/g)) {
          const closing = { "(": ")", "[": "]", "{": "}" }[bracket];
          if (closing) open.push(closing);
          else expect(open.pop(), text).toBe(bracket);
        }
        expect(open, text).toEqual([]);
        if (text.includes("\n")) expect(text).not.toMatch(/\\(left|right)\b/);
        else expect(text.match(/\\left\b/g)?.length).toBe(text.match(/\\right\b/g)?.length);
      }
    }
  },
);

describe("a printed formula says what the network computes", () => {
  for (const [k, [name, options]] of kinds.entries()) {
    test(`${name} ${JSON.stringify(options(1))}`, () => {
      fc.assert(
        fc.property(
          fc.record({
            ...sizes,
            steps: fc.integer({ min: 1, max: 3 }),
            thresholds: fc.boolean(),
            expand: fc.boolean(),
            form: fc.constantFrom("sums" as const, "matrix" as const, "scalar" as const),
          }),
          ({ input, hidden, output, steps, thresholds, expand, form }) => {
            const network =
              form === "scalar"
                ? networkOf(name, options(1), { input: 1, output: 1 })
                : networkOf(name, options(hidden), { input, output });
            // Put into each other the equations of two layers of gates soon fill books.
            const most = expand && name === "stack" ? 2 : 3;
            checkFormula(network, {
              steps: Math.min(steps, most),
              thresholds,
              expand,
              form,
            });
          },
        ),
        { numRuns: 9, seed: k },
      );
    });
  }
  test("feedforward", () => {
    const network = {
      cell: feedforward({ input: 2, units: 3, activation: "relu" }),
      readout: { units: 2, activation: "tanh" as const },
    };
    checkFormula(network, { steps: 3, thresholds: true, expand: true, form: "sums" });
  });
});

/** Evaluates the printed formula and runs the recurrence itself, on random numbers. */
function checkFormula(
  network: RecurrentNetwork,
  options: { steps: number; thresholds: boolean; expand: boolean; form: FormulaForm },
): void {
  const { steps, form } = options;
  const stream = randomSource(7).stream("formula");
  const drawn = (shape: readonly number[]) =>
    ndarray(stream.normal(new Float64Array(shape.reduce((a, b) => a * b, 1)), 0, 1), [...shape]);
  const names = namesOf(network, form);
  const x = drawn([steps, 1, network.cell.input]);
  const parameters = Object.fromEntries(
    Object.entries(parametersOf(network)).map(([name, { shape }]) => [name, drawn(shape)]),
  );
  if (!options.thresholds) {
    const whole = unfold(network, { steps: 2, initial: "symbolic" });
    const biases = biasesOf([whole.output, ...whole.quantities.keys()], whole.parameters);
    for (const [name, tensor] of Object.entries(whole.parameters))
      if (biases.includes(tensor)) parameters[name]!.data.fill(0);
  }
  const symbols = new Map<string, Numbers>();
  for (const [name, { shape, data }] of Object.entries(parameters)) {
    const text = written(names.parameters.get(name)!, names, "text");
    expect(symbols.has(text), `two parameters called ${text}`).toBe(false);
    symbols.set(text, { shape, data });
  }
  const width = network.cell.input;
  for (let t = 1; t <= steps; t++) {
    const text = written(names.quantities.get("x")!, names, "text", { time: form === "sums" ? `t=${t}` : String(t) });
    symbols.set(text, { shape: [width], data: x.data.slice((t - 1) * width, t * width) });
  }
  const widths = new Map(
    [...unfold(network, { steps }).quantities.values()].map(({ name, time, tensor }) => {
      const text = written(names.quantities.get(name)!, names, "text", { time: `t=${time}` });
      return [text, Number(tensor.shape.at(-1))] as const;
    }),
  );
  const { derivation, where, activation } = unfoldedFormula(network, {
    ...options,
    derivation: true,
    indices: "distinct",
    most: 1e5,
  });
  const wanted = compileReference(recurrentProgram(network, steps)).run({ ...parameters, x }).y!.data;
  // Every line of the derivation, the values that it holds given by their equations.
  const all = unfoldedFormula(network, { ...options, expand: false, indices: "distinct", most: 1e5 }).where;
  for (const { left, right } of derivation) {
    const meaning = { symbols, widths, equations: options.expand ? all : where, activation };
    for (let unit = 0; unit < wanted.length; unit++) {
      const value =
        form === "sums"
          ? evaluateSums({ left, right }, unit, meaning)
          : form === "scalar"
            ? evaluateScalar(right, meaning)
            : evaluateMatrix(right, meaning)[unit]!;
      expect(Math.abs(value - wanted[unit]!), `${left} = ${right}`).toBeLessThan(1e-9);
    }
  }
}

describe("marks", () => {
  const mark: MarkSymbol = ({ kind, name, time, step, terms }, text) =>
    `‹${[kind, name, time, step, terms].filter((part) => part !== undefined).join(" ")}|${text}›`;
  const unmarked = (text: string) => text.replaceAll(/‹[^|‹]*\|([^›]*)›/g, "$1");

  test("say what each symbol is, of which time, and which step's equation holds it", () => {
    expect(unfoldedFormula(sheet, { steps: 2, mark }).derivation).toEqual([
      {
        left: "‹value y 2 2|ŷ_i(t=2)›",
        right: lines(
          "‹function tanh 2|g›[‹sum j 2 3|Σ_j› ‹parameter V 2|w_ij^(2)› ‹function tanh 2|g›[‹sum k 2 2|Σ_k› ‹parameter W 2|w_jk^(1)› ‹value x 2 2|x_k^(0)(t=2)›",
          "+ ‹sum i 2 3|Σ_i› ‹parameter U 2|w_ji^(rec)› ‹function tanh 1|g›[‹sum k 1 2|Σ_k› ‹parameter W 1|w_jk^(1)› ‹value x 1 1|x_k^(0)(t=1)›]]]",
        ),
      },
    ]);
  });
  test("in equations at any time, times count from t", () => {
    expect(unfoldedFormula(sheet, { steps: 3, mark }).equations[1]).toEqual({
      left: "‹value h 0 0|x_j^(1)(t)›",
      right:
        "‹function tanh 0|g›[‹sum k 0 2|Σ_k› ‹parameter W 0|w_jk^(1)› ‹value x 0 0|x_k^(0)(t)› + ‹sum i 0 3|Σ_i› ‹parameter U 0|w_ji^(rec)› ‹value h -1 0|x_i^(1)(t−1)›]",
    });
  });
  test("the state before the first step is of time 0", () => {
    const { derivation } = unfoldedFormula(sheet, { steps: 1, form: "matrix", initial: "symbolic", mark });
    expect(derivation[0]!.right).toContain("‹value h 0 1|h₀› ‹parameter U 1|U›");
  });
  test.each(
    ["rnn", "lstm-peephole", "gru", "dcm", "ilrnn", "stack"].flatMap((name) =>
      (["sums", "matrix"] as const).flatMap((form) =>
        (["text", "latex"] as const).map((style) => ({ name, form, style })),
      ),
    ),
  )("$name, $form, $style: without its marks a formula is as without marks", ({ name, form, style }) => {
    const all = (options: object) => {
      const { equations, derivation, where } = unfoldedFormula(namedNetwork(name), {
        steps: 3,
        form,
        style,
        ...options,
      });
      return [...equations, ...derivation, ...where];
    };
    const plain = all({});
    const marked = all({ mark });
    expect(marked.map(({ left, right }) => [left, right].map(unmarked))).toEqual(
      plain.map(({ left, right }) => [left, right]),
    );
    // Nothing between marks is a name.
    for (const { right } of marked) {
      expect(right.replaceAll(/‹[^›]*›/g, "").replaceAll(/\\[a-zA-Z]+/g, "")).not.toMatch(/\p{L}/u);
    }
  });
});

describe("of a state or a gate instead of the output", () => {
  const lstm = namedNetwork("lstm");
  const of = (name: string, steps: number, options: object = {}) =>
    unfoldedFormula(lstm, { steps, form: "matrix", of: name, ...options });

  test("the cell state, and what it is made of", () => {
    const { derivation, where } = of("c", 2);
    expect(derivation).toEqual([{ left: "c₂", right: "f₂ ⊙ c₁ + i₂ ⊙ g₂" }]);
    expect(where.map(({ left }) => left)).not.toContain("o₂");
    expect(where).toContainEqual({ left: "c₁", right: "i₁ ⊙ g₁" });
  });
  test("a gate, its values put in; in sums by its own name", () => {
    expect(of("f", 1, { expand: true }).derivation).toEqual([{ left: "f₁", right: "σ(x₁ W_f + b_f)" }]);
    expect(unfoldedFormula(lstm, { steps: 2, of: "f" }).derivation[0]!.left).toBe("f_j(t=2)");
  });
  test("a name that the network hasn't", () => {
    expect(() => of("d", 1)).toThrow('unknown value "d"');
  });
});

test("breaks: other forms than sums have lines, too; together they are the same formula", () => {
  for (const form of ["matrix", "scalar"] as const) {
    const network = namedNetwork("rnn", { input: 1, hidden: 1 });
    const [broken, whole] = [true, false].map(
      (breaks) => unfoldedFormula(network, { steps: 4, form, breaks }).derivation[0]!.right,
    );
    expect(broken!.split("\n")).toHaveLength(4);
    expect(broken!.replaceAll("\n", " ")).toBe(whole);
  }
});
