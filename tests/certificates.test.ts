/** Certificates that are proofs, and what is left of them when something in them is changed. */
import { expect, test } from "vitest";
import {
  type Certificate,
  checkCertificate,
  compileReference,
  findBuilt,
  findModel,
  findTask,
  firstStepProgram,
  hashOf,
  makeNetwork,
  type Network,
  ndarray,
  prove,
  stepProgram,
} from "../src/index.ts";

type Changed<T> = { -readonly [K in keyof T]: T[K] extends object ? Changed<T[K]> : T[K] };
type Draft = Changed<Certificate>;

/**
 * An adder of three units that count, h_k = φ(s_k (x₁ + x₂ + c − k + ½)), all weights a little off, so that it has infinitely
 * many states. Hard sigmoid: c = h₂, and h₁ isn't saturated; tanh: c = (h₂ + 1)/2, from h = −1.
 */
function countingAdder(activation: "hard-sigmoid" | "tanh"): Network {
  const isTanh = activation === "tanh";
  const options = { layers: [3], activation, learnedState: isTanh };
  const model = findModel("ilrnn").build(options, { channels: [2, 2], answers: 2 });
  const slopes = isTanh ? [6, 6, 6] : [1.7, 3.5, 3.5];
  const biases = slopes.map((slope, k) => slope * (isTanh ? -k : -0.5 - k));
  const exact: Record<string, number[]> = {
    W1: [...slopes, ...slopes],
    R11: [0, 0, 0, ...slopes.map((slope) => (isTanh ? slope / 2 : slope)), 0, 0, 0],
    b1: biases,
    W2: [3, -3, 3],
    b2: [isTanh ? 0 : -1.5],
    "initial h1": [-1, -1, -1],
  };
  const random = seeded(11);
  const parameters = Object.entries(model.parameters).map(([name, { shape }]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const off = () => 0.01 * (random(2 ** 20) / 2 ** 20 - 0.5);
    return [
      name,
      ndarray(
        Float64Array.from({ length: size }, (_, k) => Math.fround((exact[name]?.[k] ?? 0) + off())),
        shape,
      ),
    ];
  });
  return makeNetwork({ task: findTask("binary-addition"), model, parameters: Object.fromEntries(parameters) });
}

const networks: readonly (readonly [string, Network])[] = [
  ["three-unit adder", findBuilt("three-unit-adder").network],
  ["full adder of papers/000", findBuilt("full-adder").network],
  ["parity", findBuilt("parity").network],
  ["hard sigmoid units", countingAdder("hard-sigmoid")],
  ["tanh units", countingAdder("tanh")],
];

async function certificateOf(network: Network): Promise<Certificate> {
  const verdict = await prove(network);
  if (verdict.verdict !== "proved") throw new Error(`${network.model.name}: ${JSON.stringify(verdict)}`);
  return JSON.parse(JSON.stringify(verdict.certificate)) as Certificate;
}

/** A change of a certificate that is meant to break it, or may. `random(n)`: a whole number below n. */
type Mutation = (c: Draft, random: (n: number) => number) => void | Promise<void>;

const ends = (c: Draft, random: (n: number) => number) => {
  const set = c.sets[random(c.sets.length)]!;
  const names = Object.keys(set.bounds);
  const bounds = set.bounds[names[random(names.length)]!]!;
  return { bounds, k: random(bounds.lower.length) };
};
const weightOf = (c: Draft, random: (n: number) => number) => {
  const names = Object.keys(c.network.weights);
  const { values } = c.network.weights[names[random(names.length)]!]!;
  return { values, k: random(values.length) };
};
const nudge = async (c: Draft, random: (n: number) => number, by: number) => {
  const { values, k } = weightOf(c, random);
  values[k] = Math.fround(values[k]! + by);
  c.network.sha256 = await hashOf(c.network.weights);
};
const sign = (random: (n: number) => number) => (random(2) ? 1 : -1);

/** `always`: no certificate survives it. */
const mutations: readonly { name: string; always: boolean; apply: Mutation }[] = [
  {
    name: "a box shrunk",
    always: false,
    apply(c, random) {
      const { bounds, k } = ends(c, random);
      const [low, high] = [bounds.lower[k]!, bounds.upper[k]!];
      const share = (1 + random(8)) / 10;
      if (random(2)) bounds.lower[k] = Math.fround(low + share * (high - low || 1));
      else bounds.upper[k] = Math.fround(high - share * (high - low || 1));
    },
  },
  {
    name: "a box widened",
    always: false,
    apply(c, random) {
      const { bounds, k } = ends(c, random);
      bounds.upper[k] = Math.fround(bounds.upper[k]! + 2 ** -random(8));
    },
  },
  {
    name: "a weight changed, not its hash",
    always: true,
    apply(c, random) {
      const { values, k } = weightOf(c, random);
      values[k] = values[k] === 0 ? 2 ** -149 : Math.fround(values[k]! * (1 + 2 ** -20));
    },
  },
  {
    name: "a weight nudged, with its hash",
    always: false,
    apply: (c, random) => nudge(c, random, sign(random) * 2 ** -random(20)),
  },
  {
    name: "a weight far off, with its hash",
    always: false,
    apply: (c, random) => nudge(c, random, sign(random) * (2 + random(5))),
  },
  {
    name: "the hash changed",
    always: true,
    apply(c, random) {
      const at = random(64);
      const digit = (Number.parseInt(c.network.sha256[at]!, 16) + 1 + random(15)) % 16;
      c.network.sha256 = c.network.sha256.slice(0, at) + digit.toString(16) + c.network.sha256.slice(at + 1);
    },
  },
  {
    name: "a transition dropped",
    always: true,
    apply: (c, random) => void c.machine.transitions.splice(random(c.machine.transitions.length), 1),
  },
  { name: "a move dropped", always: true, apply: (c, random) => void c.moves.splice(random(c.moves.length), 1) },
  {
    name: "a move to another set",
    always: false,
    apply(c, random) {
      const move = c.moves[random(c.moves.length)]!;
      move[2] = (move[2] + 1 + random(c.sets.length - 1)) % c.sets.length;
    },
  },
  {
    name: "an answer flipped",
    always: true,
    apply(c, random) {
      const transition = c.machine.transitions[random(c.machine.transitions.length)]!;
      transition[3] = 1 - transition[3];
    },
  },
  {
    name: "a next state flipped",
    always: true,
    apply(c, random) {
      const transition = c.machine.transitions[random(c.machine.transitions.length)]!;
      transition[2] = 1 - transition[2];
    },
  },
  {
    name: "a set of another machine state",
    always: true,
    apply: (c, random) => {
      const set = c.sets[random(c.sets.length)]!;
      set.state = 1 - set.state;
    },
  },
  {
    name: "the margin raised",
    always: true,
    apply: (c, random) => {
      c.margin = c.margin * (1.01 + random(10)) + 1e-3;
    },
  },
  { name: "a set removed", always: true, apply: (c, random) => void c.sets.splice(random(c.sets.length), 1) },
  {
    name: "an equation dropped",
    always: true,
    apply: (c, random) => void c.network.step.equations.splice(random(c.network.step.equations.length), 1),
  },
];

function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/**
 * Looks for a point of a set from which a letter leads out of the target or to a wrong answer, by the float64 reference of
 * the library on corners and random points. @returns how many steps were all right.
 */
function sampled(c: Certificate, { model }: Network, perSet: number, random: (n: number) => number): number {
  const weights = Object.fromEntries(
    Object.entries(c.network.weights).map(([name, { shape, values }]) => [
      name,
      ndarray(Float64Array.from(values), shape),
    ]),
  );
  const [first, later] = [compileReference(firstStepProgram(model)), compileReference(stepProgram(model))];
  let steps = 0;
  for (const [from, letter, to] of c.moves) {
    const state = from < 0 ? c.machine.initial : c.sets[from]!.state;
    const [, , next, answer] = c.machine.transitions.find(([s, l]) => s === state && l === letter)!;
    const count = from < 0 ? 1 : perSet;
    const symbols = ndarray(Int32Array.from(Array.from({ length: count }, () => c.machine.letters[letter]!).flat()), [
      count,
      c.machine.letters[letter]!.length,
    ]);
    const states =
      from < 0
        ? {}
        : Object.fromEntries(
            Object.entries(c.sets[from]!.bounds).map(([name, { lower, upper }]) => {
              const data = Array.from({ length: count }, (_, example) =>
                lower.map((low, k) => {
                  const share = example % 2 ? random(2 ** 20) / 2 ** 20 : random(2);
                  return low + share * (upper[k]! - low);
                }),
              ).flat();
              return [`state ${name}`, ndarray(Float64Array.from(data), [count, lower.length])];
            }),
          );
    const made = (from < 0 ? first : later).run({ ...weights, ...states, symbols });
    expect(c.sets[to]!.state).toBe(next);
    for (const [name, { lower, upper }] of Object.entries(c.sets[to]!.bounds)) {
      for (const [at, value] of Array.from(made[`next ${name}`]!.data).entries()) {
        const k = at % lower.length;
        if (!(value >= lower[k]! && value <= upper[k]!)) expect.fail(`${name}[${k}] = ${value} is outside its set`);
      }
    }
    for (const z of made.logits!.data)
      if (answer >= 0 && (z > 0 ? 1 : 0) !== answer) expect.fail(`logit ${z}, answer ${answer}`);
    steps += count;
  }
  return steps;
}

test("proofs are accepted; changed ones are rejected, or hold where they are tried", async () => {
  const counts: Record<string, { tried: number; accepted: number }> = {};
  let steps = 0;
  for (const [index, [name, network]] of networks.entries()) {
    const certificate = await certificateOf(network);
    expect(await checkCertificate(certificate), name).toMatchObject({ accepted: true });
    for (const [kind, { name: mutation, always, apply }] of mutations.entries()) {
      for (let k = 0; k < 15; k++) {
        const random = seeded(1000 * index + 50 * kind + k + 1);
        const changed = structuredClone(certificate) as Draft;
        await apply(changed, random);
        const checked = await checkCertificate(changed);
        counts[mutation] ??= { tried: 0, accepted: 0 };
        counts[mutation].tried++;
        if (!checked.accepted) continue;
        counts[mutation].accepted++;
        expect(always, `${name}: ${mutation} was accepted`).toBe(false);
        steps += sampled(changed as Certificate, network, 100, random);
      }
    }
  }
  const all = Object.values(counts);
  const tried = all.reduce((sum, { tried }) => sum + tried, 0);
  const accepted = all.reduce((sum, { accepted }) => sum + accepted, 0);
  expect(tried).toBeGreaterThanOrEqual(1000);
  console.log(
    `${tried} changes: ${tried - accepted} rejected, ${accepted} accepted and right in ${steps} sampled steps`,
    counts,
  );
});
