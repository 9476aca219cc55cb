/**
 * Networks with finitely many states: all that can be reached, each with the state of the task's machine that it stands for.
 *
 * Step units are 0 or 1, so that a state of the network is a point; where rounding can't change a unit, a step leads from
 * points to points, and breadth first search meets all of them. A wrong answer is met by a shortest input.
 */
import { machineOf, type Network } from "../../networks/index.ts";
import type { Letter } from "../../tasks/index.ts";
import type { FoundInvariant } from "../certify.ts";
import { isRightAnswer, largestMargin, marginOf } from "../margin.ts";
import { boundedStepper, empty } from "./bounded-steps.ts";

export type Points =
  | { readonly kind: "closed"; readonly invariant: FoundInvariant }
  /** The shortest input on which the network errs: its letters. */
  | { readonly kind: "wrong"; readonly word: readonly Letter[] }
  /** A step leads to states that are known by bounds only, or there are too many of them. */
  | { readonly kind: "open" };

/**
 * Searches all states of a network.
 * @param limit states at which it gives up. Default 5,000.
 */
export function searchPoints(network: Network, limit = 5000): Points {
  const machine = machineOf(network);
  const stepper = boundedStepper(network);
  const { width, logits } = stepper;
  const found: { state: number; values: Float64Array; from: number; letter: Letter }[] = [];
  const numbers = new Map<string, number>();
  const moves: { from: number; letter: Letter; to: number }[] = [];
  let margin = Number.POSITIVE_INFINITY;
  const wordTo = (set: number): Letter[] => (set < 0 ? [] : [...wordTo(found[set]!.from), found[set]!.letter]);

  /** Steps from some states by all letters. */
  const advance = (from: readonly number[]): Points | undefined => {
    const steps = from.flatMap((set) => {
      const state = set < 0 ? machine.initial : found[set]!.state;
      return machine.letters(state).map((letter) => ({ set, letter, next: machine.next(state, letter) }));
    });
    const letters = steps.map(({ letter }) => letter);
    const states = empty(steps.length * width);
    if (from[0]! >= 0) {
      steps.forEach(({ set }, k) => {
        states.lower.set(found[set]!.values, k * width);
        states.upper.set(found[set]!.values, k * width);
      });
    }
    const made = from[0]! < 0 ? stepper.first(letters) : stepper.step(states, letters);
    for (const [k, { set, letter, next }] of steps.entries()) {
      const own = marginOf(made.logits, logits, k, next.output);
      const opposite = next.output < 0 ? own : largestMargin(made.logits, logits, k, next.output);
      if (next.output >= 0 && !isRightAnswer(own, next.output, logits)) {
        // Surely wrong, or not known.
        if (!isRightAnswer(opposite, next.output, logits)) return { kind: "wrong", word: [...wordTo(set), letter] };
        return { kind: "open" };
      }
      margin = Math.min(margin, own);
      const values = made.states.lower.slice(k * width, (k + 1) * width);
      if (values.some((value, i) => value !== made.states.upper[k * width + i])) return { kind: "open" };
      const key = `${next.state}:${values.join()}`;
      let to = numbers.get(key);
      if (to === undefined) {
        to = found.push({ state: next.state, values, from: set, letter }) - 1;
        numbers.set(key, to);
      }
      moves.push({ from: set, letter, to });
    }
    return found.length > limit ? { kind: "open" } : undefined;
  };

  let ended = advance([-1]);
  for (let done = 0; !ended && done < found.length; ) {
    const level = Array.from({ length: found.length - done }, (_, k) => done + k);
    done = found.length;
    ended = advance(level);
  }
  if (ended) return ended;
  const bounds = empty(found.length * width);
  found.forEach(({ values }, set) => {
    bounds.lower.set(values, set * width);
    bounds.upper.set(values, set * width);
  });
  return {
    kind: "closed",
    invariant: {
      states: found.map(({ state }) => state),
      bounds,
      moves,
      margin,
      found: { method: "all states that can be reached", states: found.length },
    },
  };
}
