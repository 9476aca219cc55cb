/** The machine that a certificate proves a network to be: its sets are the states, its moves the transitions. */
import { LonghandError } from "../../errors.ts";
import { findTask } from "../../tasks/index.ts";
import type { Certificate } from "../certificate.ts";
import { letterText, type MealyMachine } from "./mealy.ts";

/**
 * Reads the machine off a certificate: a state before the first step, then one for each set, called as the state of the
 * task's machine in whose name it stands. The proof itself isn't checked here, only that its moves make a machine.
 * @throws LonghandError `format` for moves that are missing, given twice, or lead elsewhere than the machine's transitions.
 */
export function machineOfCertificate(certificate: Certificate): MealyMachine {
  const { machine, sets, moves } = certificate;
  const task = findTask(certificate.task);
  const size = machine.letters.length;
  const stateOf = [machine.initial, ...sets.map(({ state }) => state)];
  const transitions = new Map(
    machine.transitions.map(([state, letter, to, output]) => [state * size + letter, { to, output }] as const),
  );
  const next = new Int32Array(stateOf.length * size).fill(-1);
  const output = new Int32Array(stateOf.length * size).fill(-1);
  moves.forEach(([set, letter, to], k) => {
    const wrong = (what: string) =>
      new LonghandError("format", `certificate: move ${k} [${[set, letter, to]}] ${what}`);
    const at = (set + 1) * size + letter;
    const state = stateOf[set + 1];
    const transition = letter < size ? transitions.get((state ?? -1) * size + letter) : undefined;
    const nextState = sets[to]?.state;
    if (state === undefined || nextState === undefined) throw wrong(`names a set beyond the ${sets.length} there are`);
    if (!transition) throw wrong(`reads a letter that can't come in state "${machine.states[state]}"`);
    if (transition.to !== nextState) {
      throw wrong(`leads to state "${machine.states[nextState]}", expected "${machine.states[transition.to]}"`);
    }
    if (next[at]! >= 0) throw wrong("comes twice");
    next[at] = to + 1;
    output[at] = transition.output;
  });
  stateOf.forEach((state, k) => {
    const missing = machine.letters.findIndex(
      (_, letter) => transitions.has(state * size + letter) && next[k * size + letter]! < 0,
    );
    if (missing < 0) return;
    throw new LonghandError("format", `certificate: no move from set ${k - 1} by letter ${missing}, expected one`);
  });
  return {
    states: stateOf.map((state) => machine.states[state]!),
    initial: 0,
    letters: machine.letters.map((letter) => letterText(letter, task.channels)),
    answers: task.output,
    next,
    output,
  };
}
