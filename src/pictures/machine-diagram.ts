/** A machine's state diagram as plain data: which letters lead where, in few words. */
import { type MachineTransition, type MealyMachine, transitionsOf } from "../proof/extract/index.ts";
import type { StateArrow, StateDiagram } from "./state-diagram.ts";

/** Most letters of one label that are listed, most labels of one arrow, and most answers that one label lists. */
const most = { letters: 4, labels: 4 };

/**
 * The diagram of a machine. Labels read letters/answer, "–" where no answer is asked; many letters are counted.
 * @param wrong a state and a letter whose answer is drawn as an error. Default: none.
 */
export function machineDiagram(
  machine: MealyMachine,
  words: {
    readonly title: string;
    readonly subtitle?: string;
    readonly wrong?: readonly [state: number, letter: number];
  },
): StateDiagram {
  const { wrong, ...titles } = words;
  const arrows = new Map<string, MachineTransition[]>();
  for (const { from, to, output, letters } of transitionsOf(machine)) {
    const isWrong = (letter: number) => wrong !== undefined && wrong[0] === from && wrong[1] === letter;
    for (const [own, key] of [
      [letters.filter((letter) => !isWrong(letter)), `${from} ${to}`],
      [letters.filter(isWrong), `${from} ${to} wrong`],
    ] as const) {
      if (own.length > 0) arrows.set(key, [...(arrows.get(key) ?? []), { from, to, output, letters: own }]);
    }
  }
  return {
    ...titles,
    states: machine.states,
    initial: machine.initial,
    arrows: [...arrows].map(([key, transitions]): StateArrow => {
      const { from, to } = transitions[0]!;
      return { from, to, labels: labelsOf(machine, transitions), ...(key.endsWith("wrong") && { isWrong: true }) };
    }),
  };
}

/** "01, 10/1": a line for each answer, or all in one where they are many. */
function labelsOf({ letters: texts, answers }: MealyMachine, transitions: readonly MachineTransition[]): string[] {
  const listed = (letters: readonly number[]) =>
    letters.length <= most.letters ? letters.map((letter) => texts[letter]).join(", ") : `${letters.length} letters`;
  if (transitions.length <= most.labels) {
    return transitions.map(({ letters, output }) => `${listed(letters)}/${output < 0 ? "–" : answers[output]}`);
  }
  const outputs = transitions.map(({ output }) => output).sort((a, b) => a - b);
  const isRange = outputs.every((output, k) => output === outputs[0]! + k);
  const told = isRange ? `${answers[outputs[0]!]} … ${answers[outputs.at(-1)!]}` : `${outputs.length} answers`;
  return [`${listed(transitions.flatMap(({ letters }) => letters))}/${told}`];
}
