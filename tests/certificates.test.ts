/** Certificates that are proofs, and what is left of them when something in them is changed. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  type Certificate,
  checkCertificate,
  type Executable,
  findBuilt,
  findModel,
  findTask,
  firstStepProgram,
  foreignPart,
  hashOfWeights,
  makeNetwork,
  type Network,
  ndarray,
  prove,
  type Runtime,
  reference,
  stepProgram,
} from "../src/index.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";

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

const built: readonly (readonly [string, Network])[] = [
  ["three-unit adder", findBuilt("three-unit-adder").network],
  ["full adder of papers/000", findBuilt("full-adder").network],
  ["parity", findBuilt("parity").network],
  ["hard sigmoid units", countingAdder("hard-sigmoid")],
  ["tanh units", countingAdder("tanh")],
];

/**
 * Certificates of trained networks, the smallest of three each, by longhand 0.1.0 at commit ba0dd16:
 *
 *     longhand train binary-addition --seed 1 --population 3 --run hs                                (replica 0)
 *     longhand train binary-addition --set model.activation=tanh --seed 1 --population 3 --run tanh  (replica 2)
 *     longhand train parity --model rnn --set model.hidden=16 --set stateNoise.kind=worst \
 *       --set stateNoise.scale=0.2 --seed 1 --population 3 --run rnn                                 (replica 2)
 *     longhand prove hs; longhand prove tanh; longhand prove rnn
 */
const trained: readonly string[] = ["addition-hard-sigmoid", "addition-tanh", "parity-rnn"];

async function certificateOf(network: Network): Promise<Certificate> {
  const verdict = await prove(network);
  if (verdict.verdict !== "proved") throw new Error(`${network.model.name}: ${JSON.stringify(verdict)}`);
  return JSON.parse(JSON.stringify(verdict.certificate)) as Certificate;
}

function readFixture(name: string): Certificate {
  const file = new URL(`fixtures/certificates/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Certificate;
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
  c.network.sha256 = await hashOfWeights(c.network.weights);
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

/** Steps of a certificate's network from chosen states, of many examples at once. */
interface Stepping {
  readonly first: Executable;
  readonly later: Executable;
}

/** The steps in float64, by the reference, and in float32, by ONNX Runtime. */
async function steppingsOf({ task: name, network }: Certificate): Promise<Record<"float64" | "float32", Stepping>> {
  const task = findTask(name);
  const { name: kind, ...options } = network.model;
  const signature = { channels: task.channels.map((alphabet) => alphabet.length), answers: task.output.length };
  const model = findModel(String(kind)).build(options, signature);
  const stepping = async (runtime: Runtime): Promise<Stepping> => ({
    first: await runtime.compile(firstStepProgram(model)),
    later: await runtime.compile(stepProgram(model)),
  });
  return { float64: await stepping(reference), float32: await stepping(await onnxNodeRuntime()) };
}

/**
 * Looks for a point of a set, a corner or a random one, from which a letter leads out of the target or to a wrong answer.
 * @returns how many steps were tried, and what was wrong.
 */
async function sample(
  { machine, sets, moves, network }: Certificate,
  { first, later }: Stepping,
  perMove: number,
  random: (n: number) => number,
): Promise<{ steps: number; wrong: string | undefined }> {
  const array = (shape: readonly number[], values: readonly number[]) => ndarray(Float64Array.from(values), shape);
  const weights = Object.fromEntries(
    Object.entries(network.weights).map(([name, { shape, values }]) => [name, array(shape, values)]),
  );
  let steps = 0;
  for (const program of [first, later]) {
    const rows = moves
      .filter(([from]) => from < 0 === (program === first))
      .flatMap((move) => new Array<(typeof moves)[number]>(program === first ? 1 : perMove).fill(move));
    const symbols = Int32Array.from(rows.flatMap(([, letter]) => machine.letters[letter]!));
    const states =
      program === first
        ? []
        : Object.keys(sets[0]!.bounds).map((name) => {
            const points = rows.map(([from], row) => {
              const { lower, upper } = sets[from]!.bounds[name]!;
              return lower.map((low, k) => {
                const share = row % 2 ? random(2 ** 20) / 2 ** 20 : random(2);
                return share === 1 ? upper[k]! : Math.fround(low + share * (upper[k]! - low));
              });
            });
            return [`state ${name}`, array([rows.length, points[0]!.length], points.flat())] as const;
          });
    const made = await program.run({
      ...weights,
      ...Object.fromEntries(states),
      symbols: ndarray(symbols, [rows.length, symbols.length / rows.length]),
    });
    for (const [row, [from, letter, to]] of rows.entries()) {
      const state = from < 0 ? machine.initial : sets[from]!.state;
      const [, , next, answer] = machine.transitions.find(([s, l]) => s === state && l === letter)!;
      if (sets[to]!.state !== next) return { steps, wrong: `set ${to} is of state ${sets[to]!.state}, not ${next}` };
      for (const [name, { lower, upper }] of Object.entries(sets[to]!.bounds)) {
        const { data } = made[`next ${name}`]!;
        for (const [k, low] of lower.entries()) {
          const value = data[row * lower.length + k]!;
          if (!(value >= low && value <= upper[k]!)) return { steps, wrong: `${name}[${k}] = ${value} leaves ${to}` };
        }
      }
      // All tasks here answer with one of two symbols.
      const z = made.logits!.data[row]!;
      if (answer >= 0 && (z > 0 ? 1 : 0) !== answer) return { steps, wrong: `logit ${z}, answer ${answer}` };
      steps++;
    }
  }
  return { steps, wrong: undefined };
}

test("the certificates of trained networks are of the library's own tasks and models", async () => {
  for (const name of trained) expect(foreignPart(readFixture(name)), name).toBeUndefined();
});

test("proofs are accepted; changed ones are rejected, or hold where they are tried", async () => {
  const certificates = [
    ...(await Promise.all(built.map(async ([name, network]) => [name, await certificateOf(network)] as const))),
    ...trained.map((name) => [name, readFixture(name)] as const),
  ];
  const counts: Record<string, { rejected: number; wrong?: number; accepted: number }> = {};
  const steps = { float64: 0, float32: 0 };
  for (const [index, [name, certificate]] of certificates.entries()) {
    expect(await checkCertificate(certificate), name).toMatchObject({ accepted: true });
    const steppings = await steppingsOf(certificate);
    for (const [kind, { name: mutation, always, apply }] of mutations.entries()) {
      for (let k = 0; k < 15; k++) {
        const random = seeded(1000 * index + 50 * kind + k + 1);
        const changed = structuredClone(certificate) as Draft;
        await apply(changed, random);
        const { accepted } = await checkCertificate(changed);
        counts[mutation] ??= { rejected: 0, ...(!always && { wrong: 0 }), accepted: 0 };
        const count = counts[mutation];
        count[accepted ? "accepted" : "rejected"]++;
        if (accepted) expect(always, `${name}: ${mutation} was accepted`).toBe(false);
        // What is always rejected may not even have steps to sample.
        if (always) continue;
        const float64 = await sample(changed as Certificate, steppings.float64, 60, random);
        if (!accepted) {
          if (float64.wrong) count.wrong!++;
          continue;
        }
        const float32 = await sample(changed as Certificate, steppings.float32, 60, random);
        expect([float64.wrong, float32.wrong], `${name}: ${mutation}`).toEqual([undefined, undefined]);
        steps.float64 += float64.steps;
        steps.float32 += float32.steps;
      }
    }
  }
  const sum = (of: "rejected" | "wrong" | "accepted") =>
    Object.values(counts).reduce((total, count) => total + (count[of] ?? 0), 0);
  expect(sum("rejected") + sum("accepted")).toBeGreaterThanOrEqual(1000);
  // Sampling finds errors where there are some.
  expect(sum("wrong")).toBeGreaterThan(100);
  console.log(
    `${sum("rejected")} rejected (${sum("wrong")} with a wrong step that was found), ${sum("accepted")} accepted and right in ${steps.float64} sampled steps in float64 and ${steps.float32} in float32`,
  );
  console.table(counts);
}, 60_000);
