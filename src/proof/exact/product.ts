/**
 * The product of a network of step units with its task's machine: every pair of states that any input reaches, exactly.
 * Step units have finitely many states, so that this walk proves or refutes the network at all lengths.
 */
import { type Rational, rational, zero } from "../../algebra/rational.ts";
import { machineOf } from "../../networks/index.ts";
import type { Letter } from "../../tasks/index.ts";
import { answerOf, exactStep, initialUnits, logitsOf, type StepNetwork } from "./step-network.ts";

/** An input after which something is wrong: no shorter one has such an end. */
export interface Flaw {
  /** The letters, to the step at which it happens. */
  readonly word: readonly Letter[];
  /** The network's answer and the exact one are different; or a sum is nearer to its threshold than asked. */
  readonly kind: "answer" | "margin";
}

/** A unit's pre-activations over all steps: the largest where it is off, the smallest where it is on. */
export interface UnitRange {
  readonly off?: Rational;
  readonly on?: Rational;
}

export interface Product {
  /** What is wrong first; undefined: every answer to every input is right, with the margin asked for. */
  readonly flaw: Flaw | undefined;
  /** Pairs of a machine's state and the network's that inputs reach, the initial one included; with a flaw, those seen. */
  readonly pairs: number;
  /** States of the network in them. */
  readonly states: number;
  /** Steps tried: pairs times letters. */
  readonly steps: number;
  /**
   * The least |z| of all units over all steps and, with several logits, the least distance of the right one from the
   * others. 0 where a sum is exactly at its threshold, which counts as off.
   */
  readonly margin: Rational;
  /** Of every unit, from the lowest layer's first to the output layer's last. */
  readonly ranges: readonly UnitRange[];
}

interface Pair {
  readonly machine: number;
  readonly state: readonly boolean[];
  readonly word: readonly Letter[];
}

/**
 * Walks over all pairs, breadth first, until a flaw.
 * @param margin asked for: a step nearer to a threshold, or to another answer, is a flaw. Default 0: only answers count.
 */
export function exploreProduct(network: StepNetwork, margin: Rational = zero): Product {
  const machine = machineOf(network);
  const { denominator } = network;
  const units = network.layers.flat();
  const off: (bigint | undefined)[] = units.map(() => undefined);
  const on: (bigint | undefined)[] = units.map(() => undefined);
  const start: Pair = { machine: machine.initial, state: initialUnits(network), word: [] };
  const key = (state: readonly boolean[]) => state.map(Number).join("");
  const seen = new Set([`${start.machine} ${key(start.state)}`]);
  const states = new Set([key(start.state)]);
  const queue = [start];
  let steps = 0;
  let least: bigint | undefined;
  const made = (flaw?: Flaw): Product => ({
    flaw,
    pairs: seen.size,
    states: states.size,
    steps,
    margin: rational(least ?? 0n, denominator),
    ranges: units.map((_, k) => ({
      ...(off[k] !== undefined && { off: rational(off[k], denominator) }),
      ...(on[k] !== undefined && { on: rational(on[k], denominator) }),
    })),
  });
  for (const { machine: from, state, word } of queue) {
    for (const letter of machine.letters(from)) {
      steps++;
      const step = exactStep(network, state, letter);
      const { state: to, output } = machine.next(from, letter);
      const logits = logitsOf(network, step);
      const along = [...word, letter];
      if (output >= 0 && answerOf(logits) !== output) return made({ word: along, kind: "answer" });
      step.sums.forEach((sum, k) => {
        if (sum > 0n) on[k] = on[k] !== undefined && on[k] < sum ? on[k] : sum;
        else off[k] = off[k] !== undefined && off[k] > sum ? off[k] : sum;
      });
      const gaps =
        output < 0 || logits.length === 1 ? [] : logits.flatMap((z, k) => (k === output ? [] : [logits[output]! - z]));
      const distances = [...step.sums.map((sum) => (sum < 0n ? -sum : sum)), ...gaps];
      const nearest = distances.reduce((a, b) => (b < a ? b : a));
      if (least === undefined || nearest < least) least = nearest;
      if (nearest * margin.denominator < margin.numerator * denominator) return made({ word: along, kind: "margin" });
      const reached = key(step.state);
      const pair = `${to} ${reached}`;
      if (seen.has(pair)) continue;
      seen.add(pair);
      states.add(reached);
      queue.push({ machine: to, state: step.state, word: along });
    }
  }
  return made();
}

/**
 * The network with each threshold in the middle between the largest sum that is off and the smallest that is on, as far
 * from both as these weights allow. Output units of several logits keep theirs: they are compared with each other.
 */
export function centreThresholds(network: StepNetwork, { ranges }: Product): StepNetwork {
  const isCompared = network.model.signature.answers > 2;
  let at = 0;
  // Twice the denominator of all, so that the middle is a whole number.
  const layers = network.layers.map((layer, n) =>
    layer.map((unit) => {
      const { off, on } = ranges[at++]!;
      const scaled = ({ numerator, denominator }: Rational) => (numerator * network.denominator) / denominator;
      const isFree = off && on && !(isCompared && n === network.layers.length - 1);
      return {
        below: unit.below.map((weight) => 2n * weight),
        before: unit.before.map((weight) => 2n * weight),
        bias: 2n * unit.bias - (isFree ? scaled(off) + scaled(on) : 0n),
      };
    }),
  );
  return { ...network, layers, denominator: 2n * network.denominator };
}
