/** The machine that a certificate proves a network to be: its sets are the states, its moves the transitions. */
import { LonghandError } from "../../errors.ts";
import { allLetters, findTask } from "../../tasks/index.ts";
import type { Certificate } from "../certificate.ts";
import { letterText, type MealyMachine } from "./mealy.ts";

/**
 * Reads the machine off a certificate: a state before the first step, then one for each set, called as the state of the
 * task's machine in whose name it stands. The proof itself isn't checked here, only that its moves make a machine.
 * @throws LonghandError `format` for moves that are missing, given twice, or lead elsewhere than the machine's transitions.
 */
export function machineOfCertificate(certificate: Certificate): MealyMachine {
  const { machine, sets, moves } = certificate;
  const { channels, output: answers } = findTask(certificate.task);
  const letters = allLetters(channels);
  const size = letters.length;
  const numbers = new Map(letters.map((letter, number) => [letter.join(), number]));
  // The certificate numbers its letters in its own order.
  const numberOf = machine.letters.map((letter) => numbers.get(letter.join()));
  const stateOf = [machine.initial, ...sets.map(({ state }) => state)];
  const transitions = new Map<string, { readonly to: number; readonly output: number }>(
    machine.transitions.map(([state, letter, to, output]) => [`${state} ${letter}`, { to, output }] as const),
  );
  const next = new Int32Array(stateOf.length * size).fill(-1);
  const output = new Int32Array(stateOf.length * size).fill(-1);
  const at = (set: number, letter: number) => {
    const number = numberOf[letter];
    if (number !== undefined) return (set + 1) * size + number;
    throw new LonghandError(
      "format",
      `certificate: letter ${letter} [${machine.letters[letter]}] isn't one of the task's`,
    );
  };
  moves.forEach(([set, letter, to], k) => {
    const wrong = (what: string) =>
      new LonghandError("format", `certificate: move ${k} [${[set, letter, to]}] ${what}`);
    const state = stateOf[set + 1];
    const transition = transitions.get(`${state} ${letter}`);
    const nextState = sets[to]?.state;
    if (state === undefined || nextState === undefined) throw wrong(`names a set beyond the ${sets.length} there are`);
    if (!transition) throw wrong(`reads a letter that can't come in state "${machine.states[state]}"`);
    if (transition.to !== nextState) {
      throw wrong(`leads to state "${machine.states[nextState]}", expected "${machine.states[transition.to]}"`);
    }
    if (next[at(set, letter)]! >= 0) throw wrong("comes twice");
    next[at(set, letter)] = to + 1;
    output[at(set, letter)] = transition.output;
  });
  stateOf.forEach((state, k) => {
    machine.letters.forEach((_, letter) => {
      if (!transitions.has(`${state} ${letter}`) || next[at(k - 1, letter)]! >= 0) return;
      throw new LonghandError("format", `certificate: no move from set ${k - 1} by letter ${letter}, expected one`);
    });
  });
  return {
    states: stateOf.map((state) => machine.states[state]!),
    initial: 0,
    letters: letters.map((letter) => letterText(letter, channels)),
    answers,
    next,
    output,
  };
}
