/** The machine that a network is, where it has finitely many states: all of them, found by running it. */
import { LonghandError } from "../../errors.ts";
import { machineOf, type Network, type NetworkMove, stepperOf } from "../../networks/index.ts";
import { allLetters } from "../../tasks/index.ts";
import { type MealyMachine, machineOfTask } from "./mealy.ts";
import { minimizeMachine } from "./minimize.ts";

export interface ExtractOptions {
  /** Most states that are looked at. Default 10,000. */
  readonly limit?: number;
}

export interface Extracted {
  /**
   * All that the network can be in: before the first step, then every state that it reaches (with what letters may come
   * there and whether an answer is asked, in tasks where that changes). The answers are the network's own, right or wrong.
   */
  readonly machine: MealyMachine;
  /** How many states the network itself reaches, that before the first step left out. */
  readonly networkStates: number;
}

/** Moves that are made at once. */
const chunk = 512;

/** Where the network is, and where the problem: in which state of the machine that says what may come. */
interface Place {
  readonly problem: number;
  readonly values: NetworkMove["values"];
}

/**
 * Steps a network (on the reference runtime, 64 bits) by every letter that may come from every state that it reaches.
 * @throws LonghandError `argument` for tasks without a finite machine, networks that read the whole problem first, or a
 *   limit that is no whole number; `unsupported` when more states are reached than the limit.
 */
export function machineOfNetwork(network: Network, { limit = 10_000 }: ExtractOptions = {}): Extracted {
  const { task, model, parameters } = network;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new LonghandError("argument", `extraction: limit is ${limit}, expected a whole number of at least 1`);
  }
  machineOf(network);
  const step = stepperOf(model);
  const letters = allLetters(task.channels);
  const size = letters.length;
  const problems = problemMachine(machineOfTask(task));
  const places: Place[] = [{ problem: problems.initial, values: null }];
  const known = new Map<string, number>();
  const ownStates = new Set<string>();
  const next: number[] = [];
  const output: number[] = [];
  // The first step is a program of its own; of later ones as many are made at once as fit.
  for (let from = 0; from < places.length; ) {
    const end = from === 0 ? 1 : Math.min(places.length, from + Math.max(1, Math.floor(chunk / size)));
    const moves = places.slice(from, end).flatMap(({ problem, values }, k) =>
      letters.flatMap((letter, number) => {
        const at = problem * size + number;
        const to = problems.next[at]!;
        const isAsked = problems.output[at]! >= 0;
        return to < 0 ? [] : [{ values, letter, index: (from + k) * size + number, to, isAsked }];
      }),
    );
    const made = step(parameters, moves);
    moves.forEach(({ index, to, isAsked }, k) => {
      const { values, answer } = made[k]!;
      const own = values.join();
      const key = `${to}:${own}`;
      const place = known.get(key) ?? places.length;
      if (place === places.length) {
        if (place > limit) throw tooMany(limit);
        places.push({ problem: to, values });
        known.set(key, place);
        ownStates.add(own);
      }
      next[index] = place;
      output[index] = isAsked ? answer : -1;
    });
    from = end;
  }
  const table = (entries: readonly number[]) =>
    Int32Array.from({ length: places.length * size }, (_, k) => entries[k] ?? -1);
  return {
    machine: {
      ...problems,
      states: places.map((_, k) => (k === 0 ? "start" : `state ${k}`)),
      initial: 0,
      next: table(next),
      output: table(output),
    },
    networkStates: ownStates.size,
  };
}

/** What the problems of a task are: its machine with all answers alike, and no more states than that takes. */
function problemMachine(machine: MealyMachine): MealyMachine {
  return minimizeMachine({ ...machine, output: machine.output.map((answer) => Math.min(answer, 0)) }).machine;
}

function tooMany(limit: number): LonghandError {
  return new LonghandError(
    "unsupported",
    `extraction: more than ${limit.toLocaleString("en-US")} states: not a finite network, or not by this limit`,
  );
}
