import { LonghandError } from "../errors.ts";
import type { Alphabet, FiniteMachine, Letter, Task } from "./contract.ts";

/** Every combination of one symbol per channel, the last channel changing fastest. */
export function allLetters(channels: readonly Alphabet[]): readonly Letter[] {
  return channels.reduce<readonly Letter[]>(
    (letters, alphabet) => letters.flatMap((letter) => alphabet.map((_, symbol) => [...letter, symbol])),
    [[]],
  );
}

/** A machine's transitions as tables indexed by [state][letter]; state −1 where the letter can't come. */
export interface MachineTable {
  /** Number of letters: the product of the alphabets' sizes; letter (s₀, s₁, …) is (s₀ · size₁ + s₁) · size₂ + … */
  readonly letters: number;
  readonly next: Int32Array;
  readonly output: Int32Array;
}

const tables = new WeakMap<FiniteMachine, MachineTable>();

/** The transition tables of a machine over these channels (made once per machine). */
export function machineTable(machine: FiniteMachine, channels: readonly Alphabet[]): MachineTable {
  const known = tables.get(machine);
  if (known) return known;
  const letters = channels.reduce((count, alphabet) => count * alphabet.length, 1);
  const next = new Int32Array(machine.states.length * letters).fill(-1);
  const output = new Int32Array(next.length).fill(-1);
  for (let state = 0; state < machine.states.length; state++)
    for (const letter of machine.letters(state)) {
      const index = letter.reduce((sum, symbol, channel) => sum * channels[channel]!.length + symbol, state);
      const transition = machine.next(state, letter);
      next[index] = transition.state;
      output[index] = transition.output;
    }
  const table = { letters, next, output };
  tables.set(machine, table);
  return table;
}

/**
 * The machine's answers [count][steps] to problems [count][steps][channels]; each problem starts in the initial state.
 *
 * @param steps time steps of each problem; default all of `input`, as one problem.
 * @throws LonghandError "argument" when the task has no machine or a letter can't come where it stands.
 */
export function runMachine(
  task: Pick<Task, "name" | "channels" | "machine">,
  input: Int32Array,
  steps: number = input.length / task.channels.length,
): Int32Array {
  const { machine, channels, name } = task;
  if (!machine) throw new LonghandError("argument", `${name}: has no finite machine`);
  const table = machineTable(machine, channels);
  const sizes = channels.map((alphabet) => alphabet.length);
  const width = sizes.length;
  const output = new Int32Array(input.length / width);
  let state = machine.initial;
  for (let step = 0, at = 0; step < output.length; step++) {
    if (step % steps === 0) state = machine.initial;
    let index = state;
    for (let channel = 0; channel < width; channel++) index = index * sizes[channel]! + input[at++]!;
    const next = table.next[index];
    if (next === undefined || next < 0)
      throw new LonghandError(
        "argument",
        `${name}: symbols ${input.slice(at - width, at).join(", ")} at step ${step % steps} can't come in state "${machine.states[state]}"`,
      );
    output[step] = table.output[index]!;
    state = next;
  }
  return output;
}
