/** papers/002, exercise 2: formulas as the sheet prints them, and their values against the library's gradient. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  gradient,
  input,
  mul,
  ndarray,
  neg,
  program,
  scalar,
  scan,
  sigmoid,
  slice,
  squeeze,
  sub,
  tanh,
  unrollScans,
} from "../../graph/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { evaluateFormulas, solved, solvedUnder, withSteps } from "./closed-form.ts";
import { number, plus, single, times } from "./quantities.ts";
import { oneStepBack, recursionOf } from "./recursion.ts";
import { balanced, scalarCases, scalarValues } from "./scalar-cases.ts";
import { type ScalarNetwork, scalarLstm, scalarNetworks, scalarRnn } from "./scalar-networks.ts";
import { runScalar, scalarValueNames } from "./scalar-run.ts";
import { writeFormula, writeFormulas, writeQuantity, writeSum } from "./write.ts";

const formOf = (network: ScalarNetwork, wrt: string) => {
  const recursion = recursionOf(network, wrt);
  return { recursion, any: solved(recursion), assumed: solvedUnder(recursion, network.assumptions) };
};

describe("as the sheet prints them", () => {
  test("the scalar RNN, eq. 19 to 21", () => {
    const { recursion, assumed } = formOf(scalarRnn, "W_in");
    const text = { wrt: "W_in" };
    expect(
      recursion.equations.map(({ quantity, sum }) => `${writeQuantity(quantity, text)} = ${writeSum(sum, text)}`),
    ).toEqual([
      "a_t^h = W_in x_t + W_rec h_{t−1} + b_h",
      "h_t = σ(a_t^h)",
      "a_T^y = W_out h_T + b_y",
      "y_T = σ(a_T^y)",
    ]);
    expect(writeSum(recursion.answer, text)).toBe("σ′(a_T^y) W_out dh_T/dW_in");
    expect(writeSum(oneStepBack(recursion), text)).toBe("σ′(a_T^y) W_out σ′(a_T^h) (x_T + W_rec dh_{T−1}/dW_in)");
    expect(writeFormulas(assumed.formulas, text)).toBe(
      "σ′(a_T^y) W_out σ′(a_T^h) W_rec^(T−2) ∏_{t=2}^{T−1} σ′(a_t^h) (x_2 + W_rec σ′(a_1^h) x_1)",
    );
    expect(writeFormulas(assumed.formulas, { wrt: "W_in", style: "latex" })).toBe(
      "\\sigma'(a_T^{\\mathrm{y}}) W^{\\mathrm{out}} \\sigma'(a_T^{\\mathrm{h}}) (W^{\\mathrm{rec}})^{T-2} \\prod_{t=2}^{T-1} \\sigma'(a_t^{\\mathrm{h}}) \\left(x_2 + W^{\\mathrm{rec}} \\sigma'(a_1^{\\mathrm{h}}) x_1\\right)",
    );
    expect(assumed.leastSteps).toBe(3);
  });
  test("the scalar LSTM, eq. 22 to 24", () => {
    const { recursion, assumed } = formOf(scalarLstm, "W_in");
    const text = { wrt: "W_in" };
    expect(recursion.derivatives.map(({ sum }) => writeSum(sum, text))).toEqual([
      "f_t dc_{t−1}/dW_in + i_t σ′(a_t^h) (x_t + W_rec dh_{t−1}/dW_in)",
      "o_t σ′(c_t) dc_t/dW_in",
    ]);
    expect(writeSum(recursion.outer, text)).toBe("σ′(a_T^y) W_out o_T σ′(c_T)");
    expect(writeFormula(assumed.fromStart!, text)).toBe("σ′(a_T^y) W_out o_T σ′(c_T) f^(T−2) dc_2/dW_in");
    expect(writeFormulas(assumed.formulas, text)).toBe("σ′(a_T^y) W_out o_T σ′(c_T) f^(T−2) σ′(a_2^h) x_2");
    expect(writeFormulas(assumed.formulas, { wrt: "W_in", style: "latex" })).toBe(
      "\\sigma'(a_T^{\\mathrm{y}}) W^{\\mathrm{out}} o_T \\sigma'(c_T) f^{T-2} \\sigma'(a_2^{\\mathrm{h}}) x_2",
    );
  });
  test("for any inputs, and by other parameters", () => {
    expect(writeFormulas(formOf(scalarRnn, "W_in").any.formulas, { wrt: "W_in" })).toBe(
      "σ′(a_T^y) W_out Σ_{s=1}^T ∏_{t=s+1}^T (σ′(a_t^h) W_rec) σ′(a_s^h) x_s",
    );
    expect(writeFormulas(formOf(scalarLstm, "W_rec").assumed.formulas, { wrt: "W_rec" })).toBe("0");
    expect(writeFormulas(formOf(scalarLstm, "W_out").assumed.formulas, { wrt: "W_out" })).toBe("σ′(a_T^y) o_T σ(c_T)");
    expect(() => recursionOf(scalarRnn, "W_input")).toThrow('unknown parameter of scalar-rnn "W_input"');
  });
  test("with a number of steps", () => {
    const { assumed } = formOf(scalarRnn, "W_in");
    const at = (steps: number) =>
      writeFormulas(
        assumed.formulas.map((formula) => withSteps(formula, steps)),
        { wrt: "W_in" },
      );
    expect(at(3)).toBe("σ′(a_3^y) W_out σ′(a_3^h) W_rec σ′(a_2^h) (x_2 + W_rec σ′(a_1^h) x_1)");
    expect(at(6)).toBe("σ′(a_6^y) W_out σ′(a_6^h) W_rec^4 ∏_{t=2}^5 σ′(a_t^h) (x_2 + W_rec σ′(a_1^h) x_1)");
  });
});

const random = fc.double({ min: -2, max: 2, noNaN: true });

/** Equal but for the rounding of some hundred operations. */
function expectEqual(received: number, expected: number, what: string): void {
  expect(Math.abs(received - expected), `${what}: ${received}, expected ${expected}`).toBeLessThanOrEqual(
    1e-13 * Math.abs(expected) + 1e-300,
  );
}

test.each(scalarNetworks.flatMap((network) => network.parameters.map((wrt) => [network.name, wrt, network] as const)))(
  "%s by %s: both closed forms are the library's gradient, for random numbers and T",
  (_, wrt, network) => {
    const { any, assumed } = formOf(network, wrt);
    const names = scalarValueNames(network);
    fc.assert(
      fc.property(
        fc.array(random, { minLength: names.length, maxLength: names.length }),
        fc.integer({ min: 3, max: 40 }),
        (numbers, steps) => {
          const values = Object.fromEntries(names.map((name, k) => [name, numbers[k]!]));
          const { numberOf, derivatives } = runScalar(network, values, steps);
          const expected = derivatives[wrt]!;
          // Where terms of both signs are added, their size and not that of the sum tells how near it can be.
          const error = (received: number) => Math.abs(received - expected) / (Math.abs(expected) + 1e-3);
          for (const form of [any, assumed]) {
            const received = evaluateFormulas(form.formulas, steps, numberOf);
            expect(error(received), `${received}, expected ${expected}`).toBeLessThan(1e-13);
            const fixed = form.formulas.map((formula) => withSteps(formula, steps));
            expect(evaluateFormulas(fixed, steps, numberOf)).toBe(received);
          }
          if (wrt === "W_in") expectEqual(evaluateFormulas(assumed.formulas, steps, numberOf), expected, "by W_in");
        },
      ),
      { numRuns: 60 },
    );
  },
);

test("the derivative of the scan is that of the network written out without one", () => {
  for (const network of scalarNetworks) {
    const steps = 7;
    const values = scalarValues(network, scalarCases(network)[0]!.name, { W_in: 0.7, b_h: -0.3, x: 1.3 });
    const parameters = Object.fromEntries(network.parameters.map((name) => [name, input(name, [])]));
    const sequences = Object.fromEntries(network.sequences.map((name) => [name, input(name, [steps, 1])]));
    const { state } = scan<string, string>({
      state: Object.fromEntries(network.states.map((name) => [name, scalar(0)])),
      sequences,
      step: (before, items) => {
        const given = Object.fromEntries(Object.entries(items).map(([name, item]) => [name, squeeze(item, [0])]));
        return { state: network.step(parameters, before, given).state };
      },
    });
    const [y] = unrollScans([network.answer(parameters, state).y]);
    const byParameter = gradient(y!, Object.values(parameters));
    const written = compileReference(
      program(
        "written out",
        { ...parameters, ...sequences },
        Object.fromEntries(network.parameters.map((name, k) => [name, byParameter[k]!])),
      ),
    );
    const given = Array.from({ length: steps }, (_, k) =>
      network.given(k + 1, steps, { x: values.x!, f: values.f ?? 0 }),
    );
    const made = written.run({
      ...Object.fromEntries(network.parameters.map((name) => [name, ndarray(Float64Array.of(values[name]!), [])])),
      ...Object.fromEntries(
        network.sequences.map((name) => [
          name,
          ndarray(
            Float64Array.from(given, (at) => at[name]!),
            [steps, 1],
          ),
        ]),
      ),
    });
    const { derivatives } = runScalar(network, values, steps);
    for (const name of network.parameters)
      expectEqual(derivatives[name]!, made[name]!.data[0]!, `${network.name} by ${name}`);
  }
});

test("by hand: the scalar RNN after three steps", () => {
  const σ = (a: number) => 1 / (1 + Math.exp(-a));
  const slope = (a: number) => σ(a) * (1 - σ(a));
  const { W_in, W_rec, b_h, W_out, b_y, x } = { W_in: 0.5, W_rec: -1.5, b_h: 0.25, W_out: 2, b_y: -1, x: 0.8 };
  const a1 = W_in * x + b_h;
  const a2 = W_in * x + W_rec * σ(a1) + b_h;
  const a3 = W_rec * σ(a2) + b_h;
  const ay = W_out * σ(a3) + b_y;
  const expected = slope(ay) * W_out * slope(a3) * W_rec * slope(a2) * (x + W_rec * slope(a1) * x);
  const { y, derivatives } = runScalar(scalarRnn, { W_in, W_rec, b_h, W_out, b_y, x }, 3);
  expectEqual(y, σ(ay), "y");
  expectEqual(derivatives.W_in!, expected, "dy/dW_in");
});

describe("2b and 2d", () => {
  const byInput = (network: ScalarNetwork, name: string, steps: number, set = {}) =>
    runScalar(network, scalarValues(network, name, set), steps).derivatives.W_in!;

  test("the recurrent weight times the slope decides, not the weight", () => {
    // At rest where σ is steepest the derivative is multiplied by W_rec/4 in each step.
    for (const [name, factor] of [
      ["vanishing", 0.5],
      ["constant", 1],
      ["diverging", 2],
    ] as const) {
      expect(byInput(scalarRnn, name, 13) / byInput(scalarRnn, name, 12)).toBeCloseTo(factor, 9);
    }
    // The weight that diverges there vanishes where the unit saturates.
    expect(byInput(scalarRnn, "saturated", 13) / byInput(scalarRnn, "saturated", 12)).toBeLessThan(0.01);
  });
  test("f = 1 keeps it the same for every T, whatever W_rec", () => {
    const expected = byInput(scalarLstm, "constant", 3);
    for (const steps of [4, 10, 100]) {
      for (const W_rec of [-3, 0.1, 50]) expect(byInput(scalarLstm, "constant", steps, { W_rec })).toBe(expected);
    }
  });
  test("f < 1: it vanishes as f^(T−2)", () => {
    expect(byInput(scalarLstm, "vanishing", 31) / byInput(scalarLstm, "vanishing", 30)).toBeCloseTo(0.5, 6);
  });
  test("at rest: a_t = 0 from the second step on", () => {
    for (const W_rec of [-8, -1, 0.5, 4, 8]) {
      const { W_in, b_h } = balanced(W_rec, 2);
      const { numberOf } = runScalar(scalarRnn, { W_in, W_rec, b_h, W_out: 1, b_y: 0, x: 2 }, 6);
      for (let t = 2; t <= 6; t++) {
        expect(numberOf({ kind: "value", name: "a^h", at: { from: "", offset: t } })).toBeCloseTo(0, 11);
      }
    }
  });
});

describe("a network of one's own: a scalar GRU with a given gate", () => {
  // h_t = (1 − z_t) tanh(a_t^h) + z_t h_{t−1}; its input comes at the first step only, then the gate is z.
  const scalarGru: ScalarNetwork = {
    ...scalarRnn,
    name: "scalar-gru",
    sequences: ["x", "z"],
    step({ W_in, W_rec, b_h }, { h }, { x, z }) {
      const a = add(mul(W_in!, x!), sub(mul(W_rec!, h!), neg(b_h!)));
      return { state: { h: add(mul(sub(1, z!), tanh(a)), mul(z!, h!)) }, named: { "a^h": a } };
    },
    assumptions: { first: [{ z: 0 }], between: { x: 0, z: 1 }, last: { x: 0, z: 1 } },
    given: (t, _, { x }) => ({ x: t === 1 ? x! : 0, z: t === 1 ? 0 : 1 }),
  };
  const text = { wrt: "W_in" };

  test("its recursion and closed forms", () => {
    const { recursion, any, assumed } = formOf(scalarGru, "W_in");
    expect(writeSum(recursion.equations[0]!.sum, text)).toBe("W_in x_t + W_rec h_{t−1} + b_h");
    expect(writeSum(recursion.equations[1]!.sum, text)).toBe("tanh(a_t^h) − z_t tanh(a_t^h) + z_t h_{t−1}");
    expect(writeSum(recursion.factor, text)).toBe("tanh′(a_t^h) W_rec (1 − z_t) + z_t");
    expect(writeFormulas(any.formulas, text)).toContain("Σ_{s=1}^T ∏_{t=s+1}^T (");
    // With z = 1 nothing is forgotten: the derivative stays what it was after the first step.
    expect(writeFormulas(assumed.formulas, text)).toBe("σ′(a_T^y) W_out tanh′(a_1^h) x_1");
  });
  test("their values are the library's gradient", () => {
    const values = { W_in: 0.7, W_rec: -1.2, b_h: 0.4, W_out: 1.5, b_y: -0.2, x: 0.9 };
    for (const steps of [2, 3, 9]) {
      const { numberOf, derivatives } = runScalar(scalarGru, values, steps);
      for (const wrt of ["W_in", "W_rec", "b_h"]) {
        const { any, assumed } = formOf(scalarGru, wrt);
        for (const { formulas } of [any, assumed]) {
          expectEqual(evaluateFormulas(formulas, steps, numberOf), derivatives[wrt]!, `${wrt} after ${steps} steps`);
        }
      }
    }
  });
});

test("powers and signs are written as people write them", () => {
  const x = single({ kind: "value", name: "x", at: { from: "t", offset: 0 } });
  const a = single({ kind: "value", name: "a^h", at: { from: "t", offset: -1 } });
  const sum = plus(times(number(-2), times(x, x)), times(number(-1), a), times(a, a), number(3));
  expect(writeSum(sum, { wrt: "W" })).toBe("−2 x_t^2 − a_{t−1}^h + (a_{t−1}^h)^2 + 3");
  expect(writeSum(sum, { wrt: "W", style: "latex" })).toBe(
    "-2 x_t^2 - a_{t-1}^{\\mathrm{h}} + (a_{t-1}^{\\mathrm{h}})^2 + 3",
  );
  expect(writeSum(plus(x, times(number(-1), x)), { wrt: "W" })).toBe("0");
});

test("errors name what came", () => {
  expect(() => scalarValues(scalarRnn, "vanishin")).toThrow(
    'unknown case of scalar-rnn "vanishin". Did you mean "vanishing"?',
  );
  expect(() => scalarValues(scalarRnn, "vanishing", { f: 1 })).toThrow('unknown number of scalar-rnn "f"');
  expect(() => scalarValues(scalarRnn, "vanishing", { W_rec: Number.NaN })).toThrow(
    "W_rec is NaN, expected a finite number",
  );
  expect(() => runScalar(scalarRnn, { W_in: 1 }, 3)).toThrow("W_rec is undefined, expected a finite number");
  const twoLoops: ScalarNetwork = {
    ...scalarRnn,
    states: ["g", "h"],
    step: ({ W_in, W_rec }, { g, h }, { x }) => {
      const a = mul(W_rec!, h!);
      const b = add(mul(W_in!, x!), g!);
      return { state: { g: tanh(b), h: sigmoid(a) }, named: { a, b } };
    },
  };
  expect(() => recursionOf(twoLoops, "W_in")).toThrow("2 states go round the loop, expected 1");
  const unnamed: ScalarNetwork = {
    ...scalarRnn,
    step: ({ W_in }, _, { x }) => ({ state: { h: sigmoid(mul(W_in!, x!)) }, named: {} }),
  };
  expect(() => recursionOf(unnamed, "W_in")).toThrow("has no name");
  const sliced: ScalarNetwork = {
    ...scalarRnn,
    step: (_, { h }) => ({
      state: { h: squeeze(slice(sigmoid(input("z", [2])), { axis: 0, end: 1 }), [0]), g: h! },
      named: {},
    }),
  };
  expect(() => recursionOf({ ...sliced, states: ["h"] }, "W_in")).toThrow("derivative as a formula");
});
