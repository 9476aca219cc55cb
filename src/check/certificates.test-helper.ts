/** Certificates written by hand, for tests of the checker. */
import { createHash } from "node:crypto";
import type { Certificate, Equation } from "../proof/certificate.ts";

/** A certificate that tests may change. */
export type Draft = Unlocked<Certificate>;
export type DraftEquation = Unlocked<Equation>;
type Unlocked<T> = { -readonly [K in keyof T]: T[K] extends object ? Unlocked<T[K]> : T[K] };

/** The hash that a certificate must have, by Node. */
export function hashWeights(weights: Certificate["network"]["weights"]): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(weights).sort()) {
    const { shape, values } = weights[name]!;
    hash.update(`${name} ${shape.join("x")}\n`);
    hash.update(Buffer.from(Float32Array.from(values).buffer));
  }
  return hash.digest("hex");
}

export const equation = (
  name: string,
  operator: string,
  inputs: string[],
  shape: number[],
  attributes?: Record<string, unknown>,
): DraftEquation => ({ name, operator, inputs, shape, ...(attributes && { attributes }) });

const number = (name: string, value: number) => equation(name, "Constant", [], [], { dtype: "float", values: [value] });

/**
 * The adder of three step units, h_k = [x₁ + x₂ + carry ≥ k], whose carry is h₂, and y = [h₁ − h₂ + h₃ ≥ 1]. Set s holds the
 * one state after a step in which s of the three digits are on.
 */
export function adderCertificate(): Draft {
  const weights = {
    W: { shape: [2, 3], values: [1, 1, 1, 1, 1, 1] },
    R: { shape: [3, 3], values: [0, 0, 0, 1, 1, 1, 0, 0, 0] },
    b: { shape: [3], values: [-0.5, -1.5, -2.5] },
    V: { shape: [3, 1], values: [1, -1, 1] },
    c: { shape: [1], values: [-0.5] },
  };
  const steps = (isFirst: boolean) => ({
    equations: [
      equation("x", "Cast", ["symbols"], [1, 2], { to: "float" }),
      equation("x W", "MatMul", ["x", "W"], [1, 3]),
      ...(isFirst
        ? [equation("sum", "Identity", ["x W"], [1, 3])]
        : [equation("h R", "MatMul", ["state h", "R"], [1, 3]), equation("sum", "Add", ["x W", "h R"], [1, 3])]),
      equation("z", "Add", ["sum", "b"], [1, 3]),
      ...[number("zero", 0), number("one", 1)],
      equation("is on", "Greater", ["z", "zero"], [1, 3]),
      equation("h", "Where", ["is on", "one", "zero"], [1, 3]),
      equation("h V", "MatMul", ["h", "V"], [1, 1]),
      equation("y", "Add", ["h V", "c"], [1, 1]),
    ],
    outputs: { logits: "y", "next h": "h" },
  });
  const letters = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const onOf = (carry: number, [a, b]: number[]) => a! + b! + carry;
  const carryOf = (on: number) => (on > 1 ? 1 : 0);
  return {
    format: "longhand-certificate",
    formatVersion: 1,
    task: "binary-addition",
    claim: "it adds",
    machine: {
      states: ["no carry", "carry"],
      initial: 0,
      letters,
      transitions: [0, 1].flatMap((state) =>
        letters.map((letter, k): [number, number, number, number] => {
          const on = onOf(state, letter);
          return [state, k, carryOf(on), on % 2];
        }),
      ),
    },
    network: { model: {}, weights, sha256: hashWeights(weights), first: steps(true), step: steps(false) },
    sets: [0, 1, 2, 3].map((on) => {
      const h = [1, 2, 3].map((k) => (on >= k ? 1 : 0));
      return { state: carryOf(on), bounds: { h: { lower: [...h], upper: [...h] } } };
    }),
    moves: [-1, 0, 1, 2, 3].flatMap((set) =>
      letters.map((letter, k): [number, number, number] => [set, k, onOf(set < 0 ? 0 : carryOf(set), letter)]),
    ),
    margin: 0.5,
    found: {},
  };
}

/** h' = h/4 + 3x/4, limited to [0, 1] or not, says x: z = h' − ½. One set: [low, high]. The first h is 0. */
export function leakyCertificate(low: number, high: number, isLimited = true): Draft {
  const weights = { U: { shape: [1, 1], values: [0.25] }, W: { shape: [1, 1], values: [0.75] } };
  const steps = (h: DraftEquation[]) => ({
    equations: [
      equation("x", "Cast", ["symbols"], [1, 1], { to: "float" }),
      equation("x W", "MatMul", ["x", "W"], [1, 1]),
      ...h,
      isLimited
        ? equation("h", "Clip", ["sum"], [1, 1], { low: 0, high: 1 })
        : equation("h", "Identity", ["sum"], [1, 1]),
      number("half", 0.5),
      equation("z", "Sub", ["h", "half"], [1, 1]),
    ],
    outputs: { logits: "z", "next h": "h" },
  });
  return {
    ...adderCertificate(),
    machine: {
      states: ["only"],
      initial: 0,
      letters: [[0], [1]],
      transitions: [
        [0, 0, 0, 0],
        [0, 1, 0, 1],
      ],
    },
    network: {
      model: {},
      weights,
      sha256: hashWeights(weights),
      first: steps([equation("sum", "Identity", ["x W"], [1, 1])]),
      step: steps([
        equation("h U", "MatMul", ["state h", "U"], [1, 1]),
        equation("sum", "Add", ["x W", "h U"], [1, 1]),
      ]),
    },
    sets: [{ state: 0, bounds: { h: { lower: [low], upper: [high] } } }],
    moves: [
      [-1, 0, 0],
      [-1, 1, 0],
      [0, 0, 0],
      [0, 1, 0],
    ],
    margin: 0.25,
  };
}

/** A network of one step that answers nothing but 1 and whose state is what the equations make of the weights, as "out" [1, n]. */
export function stepCertificate(
  weights: Record<string, { shape: number[]; values: number[] }>,
  equations: readonly DraftEquation[],
  bounds: { lower: number[]; upper: number[] },
): Draft {
  const step = {
    equations: [...equations, equation("answer", "Constant", [], [1, 1], { dtype: "float", values: [1] })],
    outputs: { logits: "answer", "next h": "out" },
  };
  return {
    ...adderCertificate(),
    machine: { states: ["only"], initial: 0, letters: [[0]], transitions: [[0, 0, 0, 1]] },
    network: { model: {}, weights, sha256: hashWeights(weights), first: step, step },
    sets: [{ state: 0, bounds: { h: bounds } }],
    moves: [
      [-1, 0, 0],
      [0, 0, 0],
    ],
    margin: 1,
  };
}
