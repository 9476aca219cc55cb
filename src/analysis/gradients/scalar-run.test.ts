/** Derivatives of scalar networks by inputs and states, with any function and gates, against hand calculation and differences. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveScalar, scalarChainRule } from "./derivation.ts";
import { balanced } from "./scalar-cases.ts";
import {
  type ScalarActivation,
  scalarActivations,
  scalarGates,
  scalarLstm,
  scalarLstmWith,
  scalarRnn,
  scalarRnnWith,
} from "./scalar-networks.ts";
import { runScalar, type ScalarValues, scalarValueNames } from "./scalar-run.ts";

const plain = { W_in: 1, W_rec: 1, b_h: 0, W_out: 1, b_y: 0, x: 1 };
const σ = (a: number) => 1 / (1 + Math.exp(-a));
const functions: Readonly<Record<ScalarActivation, (a: number) => number>> = {
  sigmoid: σ,
  tanh: Math.tanh,
  relu: (a) => Math.max(0, a),
  identity: (a) => a,
};

describe("by lag", () => {
  test("f = 1: the cell's state is passed on as it is, to the last bit; f < 1: as f^k", () => {
    for (const [f, W_rec] of [
      [1, 50],
      [0.5, -3],
    ] as const) {
      const { stateByStates } = runScalar(scalarLstm, { ...plain, W_rec, f }, 20);
      for (let t = 2; t <= 20; t++) expect(stateByStates[t - 1]).toBe(f ** (20 - t));
      // At step 2 the gate of the table is shut: f_2 = 0, and o_1 = 0.
      expect(stateByStates[0]).toBe(0);
    }
  });
  test("an RNN at rest where σ is steepest: (W_rec/4)^k", () => {
    for (const W_rec of [2, 4, 6]) {
      const { stateByStates } = runScalar(scalarRnn, { ...plain, W_rec, ...balanced(W_rec, 1) }, 12);
      for (let k = 0; k <= 10; k++) expect(stateByStates[11 - k]! / (W_rec / 4) ** k).toBeCloseTo(1, 9);
    }
  });
  test("tanh rests at 0: W_rec^k; a linear unit: W_rec^k wherever it is, and y by hand", () => {
    const tanh = runScalar(scalarRnnWith("tanh"), { ...plain, W_rec: 1.5, ...balanced(1.5, 1, "tanh") }, 10);
    for (let k = 0; k < 10; k++) expect(tanh.stateByStates[9 - k]).toBeCloseTo(1.5 ** k, 10);
    const linear = runScalar(scalarRnnWith("identity"), { ...plain, W_rec: 2, W_out: 3, b_h: 0.5 }, 5);
    expect(linear.stateByStates).toEqual([16, 8, 4, 2, 1]);
    expect(linear.byStates).toEqual([48, 24, 12, 6, 3]);
    // h: 1.5, 4.5, 9.5, 19.5, 39.5.
    expect(linear.y).toBe(3 * 39.5);
  });
  test("a relu unit that is off passes nothing", () => {
    const { stateByStates } = runScalar(scalarRnnWith("relu"), { ...plain, W_rec: 1, b_h: -0.75 }, 4);
    // a: ¼, ½, −¼, −¾.
    expect(stateByStates).toEqual([0, 0, 0, 1]);
  });
  test("a bound of the logistic function: |∂h_T/∂h_t| ≤ (|W_rec|/4)^k", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -9, max: 9, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (W_rec, b_h) => {
          const { stateByStates } = runScalar(scalarRnn, { ...plain, W_rec, b_h }, 15);
          stateByStates.forEach((value, t) => {
            expect(Math.abs(value)).toBeLessThanOrEqual((Math.abs(W_rec) / 4) ** (14 - t) * (1 + 1e-12));
          });
        },
      ),
    );
  });
});

const variants = scalarActivations.flatMap((activation) => [
  { activation, network: scalarRnnWith(activation), gates: undefined },
  ...scalarGates.map((gates) => ({ activation, gates, network: scalarLstmWith({ activation, gates }) })),
]);

const someValues = (names: readonly string[]): ScalarValues =>
  Object.fromEntries(names.map((name, k) => [name, 0.6 + 0.5 * Math.cos(1 + 2 * k)]));

/** The network's last memory and answer, in plain numbers. @param moved what is added to the memory after step `at`. */
function byHand(
  { activation, gates }: Pick<(typeof variants)[number], "activation" | "gates">,
  P: ScalarValues,
  inputs: readonly number[],
  { moved = 0, at = 0 } = {},
): { memory: number; y: number } {
  const φ = functions[activation];
  const T = inputs.length;
  let [c, h] = [0, 0];
  inputs.forEach((x, k) => {
    const t = k + 1;
    const candidate = φ(P.W_in! * x + P.W_rec! * h + P.b_h!);
    const move = t === at ? moved : 0;
    if (gates === undefined) {
      h = candidate + move;
      return;
    }
    const table = t <= 2 ? { i: 1, f: 0, o: 0 } : { i: 0, f: P.f!, o: t < T ? 0 : 1 };
    const gate = (g: "i" | "f" | "o") =>
      gates === "computed"
        ? σ(P[`W_${g}`]! * x + P[`U_${g}`]! * h + P[`b_${g}`]!)
        : gates === "table"
          ? table[g]
          : P[g]!;
    const [i, f, o] = [gate("i"), gate("f"), gate("o")];
    c = f * c + i * candidate + move;
    h = o * φ(c);
  });
  return { memory: gates === undefined ? h : c, y: φ(P.W_out! * h + P.b_y!) };
}

test.each(variants.map((variant) => [variant.network.name, variant] as const))(
  "%s: values by hand, derivatives by differences whose error falls as h²",
  (_, variant) => {
    const { network } = variant;
    const P = someValues(scalarValueNames(network));
    const inputs = [0.9, -0.4, 0.7, 1.3, 0.2];
    const run = runScalar(network, P, 5, { inputs });
    expect(run.y).toBeCloseTo(byHand(variant, P, inputs).y, 13);
    const difference = (of: (h: number) => number, h: number) => (of(h) - of(-h)) / (2 * h);
    const check = (what: string, derivative: number, of: (h: number) => number) => {
      const [coarse, fine] = [1e-2, 5e-3].map((h) => Math.abs(difference(of, h) - derivative)) as [number, number];
      const scale = Math.max(1, Math.abs(derivative));
      expect(fine, what).toBeLessThan(1e-4 * scale);
      if (coarse > 1e-9 * scale) expect(coarse / fine, what).toBeCloseTo(4, 0);
    };
    for (let t = 1; t <= 5; t++) {
      const input = (h: number) => inputs.map((x, k) => (k === t - 1 ? x + h : x));
      check(`∂y/∂x_${t}`, run.byInputs[t - 1]!, (h) => byHand(variant, P, input(h)).y);
      check(`∂y/∂s_${t}`, run.byStates[t - 1]!, (h) => byHand(variant, P, inputs, { moved: h, at: t }).y);
      check(`∂s/∂s_${t}`, run.stateByStates[t - 1]!, (h) => byHand(variant, P, inputs, { moved: h, at: t }).memory);
    }
  },
);

test.each(variants.filter(({ gates }) => gates !== "computed").map(({ network }) => [network.name, network] as const))(
  "%s: the factors of the formula multiply to the derivative",
  (_, network) => {
    const run = runScalar(network, someValues(scalarValueNames(network)), 7);
    for (const wrt of ["W_in", "W_rec", "W_out", "b_y"]) {
      const derivation = deriveScalar(network, wrt);
      for (const form of ["assumed", "any"] as const) {
        const sum = derivation
          .factors(run, "text", form)
          .reduce((total, factors) => total + factors.reduce((product, { value }) => product * value, 1), 0);
        expect(sum).toBeCloseTo(run.derivatives[wrt]!, 12);
      }
      for (let t = 3; t <= 7 && wrt === "W_in"; t++) {
        const before = run.stateByStates[t - 2]!;
        expect(run.stateByStates[t - 1]! * derivation.growth(run, t)).toBeCloseTo(before, 12);
      }
    }
  },
);

test("factors as they are written", () => {
  const run = runScalar(scalarLstm, { ...plain, f: 0.5 }, 4);
  expect(
    deriveScalar(scalarLstm, "W_in")
      .factors(run)[0]!
      .map(({ text }) => text),
  ).toEqual(["σ′(a_4^y)", "W_out", "o_4", "σ′(c_4)", "f^2", "σ′(a_2^h)", "x_2"]);
});

test("gates that are computed: the chain rule goes through them too, and has no closed form", () => {
  const network = scalarLstmWith({ activation: "tanh", gates: "computed" });
  const { equations, recursion, last } = scalarChainRule(network, "W_in");
  const lines = [...equations(), ...recursion(), last()].map(({ left, right }) => `${left} = ${right}`);
  expect(lines).toContain("a_t^f = W_f x_t + U_f h_{t−1} + b_f");
  expect(lines).toContain("h_t = o_t tanh(c_t)");
  expect(lines.at(-2)).toBe("dh_t/dW_in = σ′(a_t^o) U_o dh_{t−1}/dW_in tanh(c_t) + o_t tanh′(c_t) dc_t/dW_in");
  expect(lines.at(-1)).toBe("dy_T/dW_in = tanh′(a_T^y) W_out dh_T/dW_in");
  expect(() => deriveScalar(network, "W_in")).toThrow("2 states go round the loop");
});

test("without a function there is no slope to write", () => {
  const { right } = deriveScalar(scalarRnnWith("identity"), "W_in").answer();
  expect(right.at(-1)).toBe("W_out W_rec^(T−2) (x_2 + W_rec x_1)");
});
