/**
 * "Which weights compute these words?" as a problem of linear real arithmetic in SMT-LIB 2.6, which any SMT solver reads.
 *
 * A network is in one state in each of a number of situations, such as "after the letters 01 10": a truth value for each unit.
 * A unit that is on has a sum of at least the margin, one that is off of at most minus the margin, where a weight counts if
 * what it weighs is on: ite(h, w, 0). So all is linear in the weights.
 */
import type { Rational } from "../../algebra/rational.ts";
import { logitCount, type Model } from "../../models/index.ts";
import type { FiniteMachine, Letter } from "../../tasks/index.ts";
import { letterFeatures, stepLayers } from "../exact/step-network.ts";

export type Word = readonly Letter[];

/** A step that the weights must make: in the situation `from` (none: before the first step) by a letter to situation `to`. */
export interface Move {
  readonly from?: string;
  readonly letter: Letter;
  readonly to: string;
  /** The right answer; −1: none is asked. */
  readonly answer: number;
}

/** What the weights must be like. Biases are free, always. */
export interface WeightBounds {
  /** Least distance of every sum from its threshold 0 and, with several logits, of the right one from the others. */
  readonly margin: Rational;
  /** Largest |weight|. Default: none. */
  readonly maxWeight?: Rational;
  /** Weights are whole numbers; needs `maxWeight`. Default false: any real numbers. */
  readonly whole?: boolean;
  /** Most weights that aren't 0. Default: all. */
  readonly connections?: number;
}

/**
 * Words step by step: a situation is what was read so far, so that words which begin alike share steps. Weights that make
 * these moves are all those that compute the words.
 */
export function movesOfWords(machine: FiniteMachine, words: readonly Word[]): Move[] {
  const moves = new Map<string, Move>();
  for (const word of words) {
    let state = machine.initial;
    let from = "";
    for (const letter of word) {
      const { state: next, output } = machine.next(state, letter);
      const to = `${from} ${letter.join(",")}`;
      moves.set(to, { ...(from !== "" && { from }), letter, to, answer: output });
      state = next;
      from = to;
    }
  }
  return [...moves.values()];
}

/**
 * All words at once, for networks whose state is a function of the last letter and the machine's state before it: a
 * situation is such a pair. Weights that make these moves compute every word; others may exist as well.
 */
export function movesOfMachine(machine: FiniteMachine): Move[] {
  const moves: Move[] = [];
  const seen = new Set<string>();
  const visit = (state: number, from?: string) => {
    for (const letter of machine.letters(state)) {
      const { state: next, output } = machine.next(state, letter);
      const to = `${state}: ${letter.join(",")}`;
      moves.push({ ...(from !== undefined && { from }), letter, to, answer: output });
      if (seen.has(to)) continue;
      seen.add(to);
      visit(next, to);
    }
  };
  visit(machine.initial);
  return moves;
}

/** The name of a parameter's element in the text: "W1_0_2" is W1[0, 2], "b1_2" is b1[2]. */
export function unknownsOf({ parameters }: Model): { readonly name: string; readonly unknowns: readonly string[] }[] {
  return Object.entries(parameters).map(([name, { shape }]) => {
    const [rows, columns] = shape.length === 1 ? [undefined, shape[0]!] : [shape[0]!, shape[1]!];
    const row = (prefix: string) => Array.from({ length: columns }, (_, k) => `${prefix}_${k}`);
    return {
      name,
      unknowns: rows === undefined ? row(name) : Array.from({ length: rows }, (_, k) => row(`${name}_${k}`)).flat(),
    };
  });
}

/**
 * The problem whose solutions are the weights with which the model makes the moves and gives their answers.
 * @returns declarations and assertions.
 * @throws LonghandError `argument` for a model that isn't made of step units.
 */
export function encode(model: Model, moves: readonly Move[], bounds: WeightBounds): string {
  const widths = stepLayers(model);
  const lines = ["(set-logic QF_LRA)"];
  const assert = (condition: string) => lines.push(`(assert ${condition})`);
  const parameters = unknownsOf(model);
  const weights = parameters.filter(({ name }) => !name.startsWith("b")).flatMap(({ unknowns }) => unknowns);
  for (const name of parameters.flatMap(({ unknowns }) => unknowns)) lines.push(`(declare-const ${name} Real)`);
  for (const condition of [...weightConditions(weights, bounds), ...orderConditions(widths)]) assert(condition);

  const units = widths.flatMap((width, k) => Array.from({ length: width }, (_, unit) => ({ n: k + 1, unit })));
  const situations = new Map<string, readonly string[]>();
  /** Truth values of all units in a situation. */
  const valuesIn = (situation: string) => {
    const known = situations.get(situation);
    if (known) return known;
    const values = units.map(({ n, unit }) => `s${situations.size}_${n}_${unit}`);
    for (const value of values) lines.push(`(declare-const ${value} Bool)`);
    situations.set(situation, values);
    return values;
  };
  const margin = real(bounds.margin);
  const logits = logitCount(model.signature.answers);
  for (const { from, letter, to, answer } of moves) {
    const before = from === undefined ? undefined : valuesIn(from);
    const after = valuesIn(to);
    const sums = units.map(({ n, unit }) => {
      const fromBelow =
        n === 1
          ? letterFeatures(model, letter).flatMap((feature, i) => times(feature, `W1_${i}_${unit}`))
          : after.flatMap((on, i) => (units[i]!.n === n - 1 ? [when(on, `W${n}_${units[i]!.unit}_${unit}`)] : []));
      const fromBefore = before?.map((on, i) => when(on, `R${units[i]!.n}${n}_${units[i]!.unit}_${unit}`)) ?? [];
      return `(+ ${[`b${n}_${unit}`, ...fromBelow, ...fromBefore, "0.0"].join(" ")})`;
    });
    sums.forEach((sum, i) => {
      assert(`(=> ${after[i]} (>= ${sum} ${margin}))`);
      assert(`(=> (not ${after[i]}) (<= ${sum} (- ${margin})))`);
    });
    const first = units.length - widths.at(-1)!;
    if (answer >= 0 && logits === 1) assert(answer === 1 ? after[first]! : `(not ${after[first]!})`);
    if (answer >= 0 && logits > 1)
      for (let k = 0; k < logits; k++)
        if (k !== answer) assert(`(>= (- ${sums[first + answer]} ${sums[first + k]}) ${margin})`);
  }
  return `${lines.join("\n")}\n`;
}

function weightConditions(weights: readonly string[], { maxWeight, whole, connections }: WeightBounds): string[] {
  const conditions: string[] = [];
  if (maxWeight && whole) {
    const most = Number(maxWeight.numerator / maxWeight.denominator);
    const values = Array.from({ length: 2 * most + 1 }, (_, k) => wholeText(k - most));
    conditions.push(...weights.map((weight) => `(or ${values.map((value) => `(= ${weight} ${value})`).join(" ")})`));
  } else if (maxWeight) {
    conditions.push(...weights.map((weight) => `(<= (- ${real(maxWeight)}) ${weight} ${real(maxWeight)})`));
  }
  if (connections !== undefined) {
    const counted = weights.map((weight) => `(ite (= ${weight} 0.0) 0.0 1.0)`);
    conditions.push(`(<= (+ ${counted.join(" ")}) ${connections}.0)`);
  }
  return conditions;
}

/** The units of a hidden layer can change places: only those in the order of their biases are looked at. */
function orderConditions(widths: readonly number[]): string[] {
  return widths
    .slice(0, -1)
    .flatMap((width, k) =>
      Array.from({ length: width - 1 }, (_, unit) => `(>= b${k + 1}_${unit} b${k + 1}_${unit + 1})`),
    );
}

function when(on: string, weight: string): string {
  return `(ite ${on} ${weight} 0.0)`;
}

function times(feature: bigint, weight: string): string[] {
  if (feature === 0n) return [];
  return [feature === 1n ? weight : `(- ${weight})`];
}

function wholeText(value: number): string {
  return value < 0 ? `(- ${-value}.0)` : `${value}.0`;
}

function real({ numerator, denominator }: Rational): string {
  return `(/ ${numerator}.0 ${denominator}.0)`;
}
