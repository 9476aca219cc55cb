/** How many of all problems of a length a network answers right. */
import { machineOf, type Network, type NetworkMove, stepperOf } from "../networks/index.ts";

export interface EveryProblem {
  /** Problems whose whole answer is right. */
  readonly right: number;
  /** Problems of that length. */
  readonly total: number;
  /** A problem that is answered wrong, none shorter: [steps][channels]. */
  readonly wrong?: Int32Array;
}

/** Problems that begin differently and have led to the same states. */
interface Group {
  readonly state: number;
  readonly values: NetworkMove["values"];
  readonly count: number;
  /** The letters of one of them. */
  readonly letters: readonly number[];
}

/**
 * Answers every problem of a length, in float64. Problems that have led to the same state of the network and of the task's
 * machine are followed as one, so that networks of few states answer 4ⁿ sums of n bits in a few moves.
 * @param length of the problems; a network that never comes to the same state again makes as many moves as there are problems.
 * @throws LonghandError `argument` for tasks without a finite machine, networks that read the whole problem first, and lengths
 *   that the task doesn't have.
 */
export function everyProblem(network: Network, length: number): EveryProblem {
  const { task, model, parameters } = network;
  const machine = machineOf(network);
  const step = stepperOf(model);
  const steps = task.steps(length);
  const nothing = task.channels.map(() => 0);
  const lettersAt = (t: number, state: number) => (t < length ? machine.letters(state) : [nothing]);

  let total = new Map([[machine.initial, 1]]);
  let groups: readonly Group[] = [{ state: machine.initial, values: null, count: 1, letters: [] }];
  let wrong: Int32Array | undefined;
  for (let t = 0; t < steps; t++) {
    total = countAfter(total, (state) => lettersAt(t, state).map((letter) => machine.next(state, letter).state));
    const moves = groups.flatMap((group) => lettersAt(t, group.state).map((letter) => ({ ...group, letter })));
    const made = moves.length > 0 ? step(parameters, moves) : [];
    const found = new Map<string, Group>();
    for (const [k, { state, letter, count, letters }] of moves.entries()) {
      const { values, answer } = made[k]!;
      const exact = machine.next(state, letter);
      const read = [...letters, ...letter];
      if (exact.output >= 0 && exact.output !== answer) {
        wrong ??= problemOf(read, task.steps(Math.min(t + 1, length)) * nothing.length);
        continue;
      }
      const key = `${exact.state}:${values.join()}`;
      const known = found.get(key);
      found.set(key, { state: exact.state, values, letters: read, ...known, count: count + (known?.count ?? 0) });
    }
    groups = [...found.values()];
  }
  const sum = (counts: Iterable<number>) => [...counts].reduce((all, count) => all + count, 0);
  return { right: sum(groups.map(({ count }) => count)), total: sum(total.values()), ...(wrong && { wrong }) };
}

/** What is left of its steps reads zeros. */
function problemOf(letters: readonly number[], size: number): Int32Array {
  const problem = new Int32Array(size);
  problem.set(letters);
  return problem;
}

/** How many ways lead to each state, one step later. */
function countAfter(before: ReadonlyMap<number, number>, nextOf: (state: number) => number[]): Map<number, number> {
  const after = new Map<number, number>();
  for (const [state, count] of before) {
    for (const next of nextOf(state)) after.set(next, (after.get(next) ?? 0) + count);
  }
  return after;
}
