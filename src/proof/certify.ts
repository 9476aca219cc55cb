/** Writing certificates, and asking whether one speaks of a task or a network. */
import type { NDArray } from "../graph/index.ts";
import { firstStepProgram, machineOf, type Network, stepProgram } from "../networks/index.ts";
import { type FiniteMachine, type Letter, machineTable, type Task } from "../tasks/index.ts";
import type { Bounds } from "./bounded-steps.ts";
import type { Certificate } from "./certificate.ts";
import { equationsOf } from "./equations.ts";

/** What was found: sets of states, and the moves between them. */
export interface FoundInvariant {
  /** The machine's state in each set. */
  readonly states: readonly number[];
  /** [sets][width] */
  readonly bounds: Bounds;
  readonly moves: readonly { readonly from: number; readonly letter: Letter; readonly to: number }[];
  readonly margin: number;
  /** How it was found, for readers. */
  readonly found: Readonly<Record<string, unknown>>;
}

/** The certificate of an invariant. */
export async function certify(network: Network, invariant: FoundInvariant): Promise<Certificate> {
  const { task, model } = network;
  const { states, bounds, moves, margin, found } = invariant;
  const machine = describeMachine(machineOf(network), task);
  const numbers = new Map(machine.letters.map((letter, index) => [letter.join(), index]));
  const weights = weightsOf(network);
  const width = Object.values(model.state).reduce((sum, own) => sum + own, 0);
  return {
    format: "longhand-certificate",
    formatVersion: 1,
    task: task.name,
    claim: `for inputs of every length this network answers ${task.name} (${task.summary}) without an error`,
    machine,
    network: {
      model: { name: model.name, ...model.signature },
      weights,
      sha256: await hashOf(weights),
      first: equationsOf(firstStepProgram(model, 1)),
      step: equationsOf(stepProgram(model, 1)),
    },
    sets: states.map((state, set) => {
      let at = set * width;
      const parts = Object.entries(model.state).map(([name, own]) => {
        const part = (data: Float64Array) => Array.from(data.subarray(at, at + own));
        const made = { lower: part(bounds.lower), upper: part(bounds.upper) };
        at += own;
        return [name, made] as const;
      });
      return { state, bounds: Object.fromEntries(parts) };
    }),
    moves: moves.map(({ from, letter, to }) => [from, numbers.get(letter.join())!, to] as const),
    margin,
    found,
  };
}

type Weights = Certificate["network"]["weights"];

/** A network's weights as certificates have them: float32 numbers. */
export function weightsOf({ parameters }: Pick<Network, "parameters">): Weights {
  const entries = Object.entries(parameters).map(([name, { shape, data }]: [string, NDArray]) => [
    name,
    { shape, values: Array.from(data, Math.fround) },
  ]);
  return Object.fromEntries(entries);
}

/** SHA-256 of weights: see `Certificate.network.sha256`. */
export async function hashOf(weights: Weights): Promise<string> {
  const names = Object.keys(weights).sort((a, b) => (a < b ? -1 : 1));
  const parts = names.flatMap((name) => {
    const { shape, values } = weights[name]!;
    const bytes = new DataView(new ArrayBuffer(4 * values.length));
    values.forEach((value, k) => {
      bytes.setFloat32(4 * k, value, true);
    });
    return [new TextEncoder().encode(`${name} ${shape.join("x")}\n`), new Uint8Array(bytes.buffer)];
  });
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A machine with its letters and transitions listed. */
function describeMachine(machine: FiniteMachine, { channels }: Pick<Task, "channels">): Certificate["machine"] {
  const letters: number[][] = [];
  const numbers = new Map<string, number>();
  const transitions: [number, number, number, number][] = [];
  machine.states.forEach((_, state) => {
    for (const letter of machine.letters(state)) {
      let index = numbers.get(letter.join());
      if (index === undefined) {
        index = letters.push([...letter]) - 1;
        numbers.set(letter.join(), index);
      }
      const { state: next, output } = machine.next(state, letter);
      transitions.push([state, index, next, output]);
    }
  });
  // `channels` says what a letter is: one symbol each.
  if (letters.some((letter) => letter.length !== channels.length))
    throw new Error("a letter without a symbol for each channel");
  return { states: machine.states, initial: machine.initial, letters, transitions };
}

/**
 * Whether a certificate's machine is the one that answers a task: then what it proves is that the task is answered right.
 * (The checker proves that the network is the machine of the certificate.)
 */
export function speaksOf({ machine, task: name }: Pick<Certificate, "machine" | "task">, task: Task): boolean {
  if (!task.machine || name !== task.name) return false;
  const { letters, next, output } = machineTable(task.machine, task.channels);
  if (machine.initial !== task.machine.initial || machine.states.length !== task.machine.states.length) return false;
  const sizes = task.channels.map((alphabet) => alphabet.length);
  const indices = machine.letters.map((letter) => letter.reduce((sum, symbol, k) => sum * sizes[k]! + symbol, 0));
  const same = machine.transitions.every(([state, letter, to, answer]) => {
    const at = state * letters + indices[letter]!;
    return next[at] === to && output[at] === answer;
  });
  return same && machine.transitions.length === next.filter((to) => to >= 0).length;
}
