/** Writing certificates, and asking whether one speaks of a task or a network. */
import type { NDArray } from "../graph/index.ts";
import { findModel, type Model } from "../models/index.ts";
import { firstStepProgram, machineOf, type Network, stepProgram } from "../networks/index.ts";
import { type FiniteMachine, findTask, type Letter, signatureOf, type Task } from "../tasks/index.ts";
import type { Certificate } from "./certificate.ts";
import { equationsOf } from "./equations.ts";
import type { Bounds } from "./invariant/bounded-steps.ts";

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
      model: { ...model.options, name: model.name },
      weights,
      sha256: await hashOfWeights(weights),
      ...equations(model),
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
    // JSON has no −0.
    { shape, values: Array.from(data, (value) => Math.fround(value) + 0) },
  ]);
  return Object.fromEntries(entries);
}

/** SHA-256 of weights: see `Certificate.network.sha256`. */
export async function hashOfWeights(weights: Weights): Promise<string> {
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
 * What of a certificate isn't the library's own: the checker proves that its equations answer as its machine does, here it is
 * asked whether these are the task's machine and the model's equations.
 * @returns what differs, in words, or undefined.
 * @throws LonghandError `unknown-name`, `config` for a task or model that there is not.
 */
export function foreignPart({
  machine,
  network,
  task: name,
}: Certificate): "task" | "machine" | "equations" | undefined {
  const task = findTask(name);
  if (!task.machine) return "task";
  if (JSON.stringify(describeMachine(task.machine, task)) !== JSON.stringify(machine)) return "machine";
  const { name: model, ...options } = network.model;
  const { first, step } = equations(findModel(String(model)).build(options, signatureOf(task)));
  const isSame = JSON.stringify({ first, step }) === JSON.stringify({ first: network.first, step: network.step });
  return isSame ? undefined : "equations";
}

function equations(model: Model) {
  return { first: equationsOf(firstStepProgram(model, 1)), step: equationsOf(stepProgram(model, 1)) };
}
