/**
 * "Which weights compute these words?" as a problem of linear real arithmetic in SMT-LIB 2.6, which any SMT solver reads.
 *
 * Each step of each word has a truth value for each unit. A unit that is on has a sum of at least the margin, one that is off
 * of at most minus the margin, where a weight counts if what it weighs is on: ite(h, w, 0). So all is linear in the weights.
 * Words that begin alike share these steps.
 */
import type { Rational } from "../../algebra/rational.ts";
import { logitCount, type Model } from "../../models/index.ts";
import type { FiniteMachine, Letter } from "../../tasks/index.ts";
import { letterFeatures, stepLayers } from "../step-network.ts";

export type Word = readonly Letter[];

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

export interface Encoding {
  /** Declarations and assertions. */
  readonly text: string;
  /** Number of steps: distinct beginnings of the words. */
  readonly steps: number;
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
 * The problem whose solutions are the weights with which the model answers the words as the machine does.
 * @throws LonghandError `argument` for a model that isn't made of step units.
 */
export function encode(model: Model, machine: FiniteMachine, words: readonly Word[], bounds: WeightBounds): Encoding {
  const widths = stepLayers(model);
  const lines = ["(set-logic QF_LRA)"];
  const assert = (condition: string) => lines.push(`(assert ${condition})`);
  const unknowns = unknownsOf(model);
  const weights = unknowns.filter(({ name }) => !name.startsWith("b")).flatMap((parameter) => parameter.unknowns);
  for (const name of unknowns.flatMap((parameter) => parameter.unknowns)) lines.push(`(declare-const ${name} Real)`);
  for (const condition of [...weightConditions(weights, bounds), ...orderConditions(widths)]) assert(condition);

  const margin = real(bounds.margin);
  const logits = logitCount(model.signature.answers);
  let steps = 0;
  /** Truth values of all units at the step before, or undefined before the first one. */
  const extend = (before: readonly string[] | undefined, letter: Letter, answer: number): string[] => {
    const step = `s${steps++}`;
    const all: string[] = [];
    let sums: string[] = [];
    let below: readonly string[] | undefined;
    widths.forEach((width, k) => {
      const n = k + 1;
      sums = Array.from({ length: width }, (_, unit) => {
        const fromBelow = below
          ? below.map((on, i) => when(on, `W${n}_${i}_${unit}`))
          : letterFeatures(model, letter).flatMap((feature, i) => times(feature, `W1_${i}_${unit}`));
        const fromBefore = before
          ? indexed(widths).map(([m, i], at) => when(before[at]!, `R${m}${n}_${i}_${unit}`))
          : [];
        return `(+ ${[`b${n}_${unit}`, ...fromBelow, ...fromBefore, "0.0"].join(" ")})`;
      });
      below = sums.map((sum, unit) => {
        const on = `${step}_${n}_${unit}`;
        lines.push(`(declare-const ${on} Bool)`);
        assert(`(=> ${on} (>= ${sum} ${margin}))`);
        assert(`(=> (not ${on}) (<= ${sum} (- ${margin})))`);
        return on;
      });
      all.push(...below);
    });
    const outputs = all.slice(-widths.at(-1)!);
    if (answer >= 0 && logits === 1) assert(answer === 1 ? outputs[0]! : `(not ${outputs[0]!})`);
    if (answer >= 0 && logits > 1)
      for (let k = 0; k < logits; k++) if (k !== answer) assert(`(>= (- ${sums[answer]} ${sums[k]}) ${margin})`);
    return all;
  };

  const known = new Map<string, readonly string[]>();
  for (const word of words) {
    let state = machine.initial;
    let path = "";
    for (const letter of word) {
      const { state: next, output } = machine.next(state, letter);
      const before = known.get(path);
      path += `${letter.join(",")} `;
      if (!known.has(path)) known.set(path, extend(before, letter, output));
      state = next;
    }
  }
  return { text: `${lines.join("\n")}\n`, steps };
}

function weightConditions(weights: readonly string[], { maxWeight, whole, connections }: WeightBounds): string[] {
  const conditions: string[] = [];
  if (maxWeight && whole) {
    const most = Number(maxWeight.numerator / maxWeight.denominator);
    const values = Array.from({ length: 2 * most + 1 }, (_, k) => whole_(k - most));
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

/** Layer and number of every unit, both as names have them. */
function indexed(widths: readonly number[]): (readonly [layer: number, unit: number])[] {
  return widths.flatMap((width, k) => Array.from({ length: width }, (_, unit) => [k + 1, unit] as const));
}

function when(on: string, weight: string): string {
  return `(ite ${on} ${weight} 0.0)`;
}

function times(feature: bigint, weight: string): string[] {
  if (feature === 0n) return [];
  return [feature === 1n ? weight : `(- ${weight})`];
}

function whole_(value: number): string {
  return value < 0 ? `(- ${-value}.0)` : `${value}.0`;
}

function real({ numerator, denominator }: Rational): string {
  return `(/ ${numerator}.0 ${denominator}.0)`;
}
