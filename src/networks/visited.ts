/** The states that a network comes to on random problems, with the machine's state in each. */
import type { RandomSource } from "../random/index.ts";
import { machineOf, type Network } from "./network.ts";
import { stepperOf } from "./stepper.ts";

export interface VisitedState {
  /** Of the task's machine, by number. */
  readonly state: number;
  /** The state tensors one after the other, in the model's order. */
  readonly values: readonly number[];
}

export interface VisitOptions {
  readonly random: RandomSource;
  /** Default 32. */
  readonly problems?: number;
  /** Of each. Default 16. */
  readonly steps?: number;
}

/**
 * Steps a network through random inputs that the task's machine allows, in float64.
 * @returns the states after each step, [steps · problems].
 * @throws LonghandError `argument` for tasks without a finite machine and for networks that read the whole problem first.
 */
export function visitedStates(
  { task, model, parameters }: Network,
  { random, problems = 32, steps = 16 }: VisitOptions,
): VisitedState[] {
  const machine = machineOf({ task });
  const step = stepperOf(model);
  const visited: VisitedState[] = [];
  let now: readonly { readonly state: number; readonly values: readonly number[] | null }[] = Array.from(
    { length: problems },
    () => ({ state: machine.initial, values: null }),
  );
  for (let t = 0; t < steps; t++) {
    const stream = random.stream("visited states", task.name, t);
    const moves = now.map(({ state, values }) => {
      const letters = machine.letters(state);
      const letter = letters[stream.integers(new Int32Array(1), 0, letters.length)[0]!]!;
      return { values, letter, next: machine.next(state, letter).state };
    });
    const made = step(parameters, moves);
    const after = moves.map(({ next }, k) => ({ state: next, values: made[k]!.values }));
    visited.push(...after);
    now = after;
  }
  return visited;
}
