/**
 * Inductive invariants: sets of network states, one for each state of the task's machine and the last few letters read, that
 * no step leaves and in which every answer is right.
 *
 * Each set is a box. Images of boxes are joined into the boxes that they have to lie in until nothing grows any more; then
 * all are made a little larger, and it is verified that the images of the larger boxes lie inside them. Networks whose units
 * saturate, and whose steps bring states closer together, have such boxes; with more letters remembered, boxes are smaller.
 */
import { machineOf, type Network } from "../../networks/index.ts";
import type { FiniteMachine, Letter } from "../../tasks/index.ts";
import { isRightAnswer, marginOf } from "../margin.ts";
import { type Bounds, boundedStepper, empty } from "./bounded-steps.ts";

/** One step: from a set (−1: before the first step) by a letter to a set, with the machine's answer (−1: none asked). */
export interface Move {
  readonly from: number;
  readonly letter: Letter;
  readonly to: number;
  readonly answer: number;
}

/** The machine, its states told apart by the last letters read and the state before them. */
export interface History {
  /** Letters that are remembered. */
  readonly recent: number;
  /** The machine's state, the last letters, and the states before each of them. */
  readonly sets: readonly {
    readonly state: number;
    readonly letters: readonly Letter[];
    readonly before: readonly number[];
  }[];
  readonly moves: readonly Move[];
}

export interface Invariant {
  readonly history: History;
  /** [sets][width] */
  readonly bounds: Bounds;
  /** The least margin over all moves that ask for an answer. */
  readonly margin: number;
}

/** Why there is no invariant of this kind. */
export interface Obstacle {
  readonly move: Move;
  /** The set that the move starts from; undefined: before the first step. */
  readonly from: History["sets"][number] | undefined;
  readonly reason: "margin" | "growth";
  /** With "margin": the answer's worst margin. */
  readonly margin: number;
  readonly rounds: number;
}

/**
 * The machine's states told apart by the last `recent` letters and the state in which the first of them was read: after
 * 3 + 4 with a carry a network may be elsewhere than without, although there is no carry after either.
 * @returns undefined where there are more moves than `limit`.
 */
export function historyOf(machine: FiniteMachine, recent: number, limit = 100_000): History | undefined {
  const sets: History["sets"][number][] = [];
  const numbers = new Map<string, number>();
  const moves: Move[] = [];
  const enter = (from: number) => {
    const { state, letters, before } = sets[from] ?? { state: machine.initial, letters: [], before: [] };
    for (const letter of machine.letters(state)) {
      const next = machine.next(state, letter);
      const set = {
        state: next.state,
        letters: recent === 0 ? [] : [...letters, letter].slice(-recent),
        before: recent === 0 ? [] : [...before, state].slice(-recent),
      };
      const key = [set.before[0] ?? set.state, ...set.letters].join(";");
      let to = numbers.get(key);
      if (to === undefined) {
        to = sets.push(set) - 1;
        numbers.set(key, to);
      }
      moves.push({ from, letter, to, answer: next.output });
    }
  };
  enter(-1);
  for (let k = 0; k < sets.length; k++) {
    if (moves.length > limit) return undefined;
    enter(k);
  }
  return { recent, sets, moves };
}

/** Rounds of joining images into the boxes. */
const ROUNDS = 1000;
/** Images are made larger by this, relative to 1 + |x|: a checker may round otherwise. */
const SLACK = 2 ** -16;
/** Ends of boxes lie on multiples of this, so that they don't grow for ever by less and less. */
const GRID = 2 ** -16;

/** Looks for an invariant with the given history. */
export function findInvariant(network: Network, history: History): Invariant | Obstacle {
  const stepper = boundedStepper(network);
  const { width } = stepper;
  const { sets, moves } = history;
  const bounds = empty(sets.length * width);
  bounds.lower.fill(Number.POSITIVE_INFINITY);
  bounds.upper.fill(Number.NEGATIVE_INFINITY);
  const starting = moves.filter(({ from }) => from < 0);
  const leaving: Move[][] = sets.map(() => []);
  for (const move of moves) if (move.from >= 0) leaving[move.from]!.push(move);

  let margin = Number.POSITIVE_INFINITY;
  let worst: Move | undefined;
  /** The images of moves, one after the other. */
  const images = (some: readonly Move[], from: Bounds | undefined): Bounds => {
    const letters = some.map(({ letter }) => letter);
    const made = from ? stepper.step(rowsOf(from, some, width), letters) : stepper.first(letters);
    some.forEach((move, k) => {
      const own = marginOf(made.logits, stepper.logits, k, move.answer);
      if (own >= margin) return;
      margin = own;
      worst = move;
    });
    return made.states;
  };

  let dirty = new Set<number>();
  let some: readonly Move[] = starting;
  for (let rounds = 0; rounds < ROUNDS; rounds++) {
    const made = images(some, rounds === 0 ? undefined : bounds);
    if (worst && !isRightAnswer(margin, worst.answer, stepper.logits))
      return { move: worst, from: sets[worst.from], reason: "margin", margin, rounds };
    dirty = new Set();
    some.forEach(({ to }, k) => {
      if (join(bounds, to, made, k, width)) dirty.add(to);
    });
    if (dirty.size === 0) return { history, bounds, margin };
    some = [...dirty].flatMap((set) => leaving[set]!);
  }
  return { move: some[0]!, from: sets[some[0]!.from], reason: "growth", margin, rounds: ROUNDS };
}

/** The rows that moves start from. */
function rowsOf(bounds: Bounds, moves: readonly Move[], width: number): Bounds {
  const rows = empty(moves.length * width);
  moves.forEach(({ from }, k) => {
    for (const end of ["lower", "upper"] as const)
      rows[end].set(bounds[end].subarray(from * width, (from + 1) * width), k * width);
  });
  return rows;
}

/** Makes a set hold an image as well. @returns whether it grew. */
function join(bounds: Bounds, set: number, image: Bounds, row: number, width: number): boolean {
  let grew = false;
  for (let i = 0; i < width; i++) {
    const at = set * width + i;
    const [low, high] = [image.lower[row * width + i]!, image.upper[row * width + i]!];
    const [slackLow, slackHigh] = [low - SLACK * (1 + Math.abs(low)), high + SLACK * (1 + Math.abs(high))];
    if (slackLow < bounds.lower[at]!) {
      bounds.lower[at] = GRID * Math.floor(slackLow / GRID);
      grew = true;
    }
    if (slackHigh > bounds.upper[at]!) {
      bounds.upper[at] = GRID * Math.ceil(slackHigh / GRID);
      grew = true;
    }
  }
  return grew;
}

/** An invariant with the fewest letters remembered, or the obstacles in the way of each. */
export function searchInvariant(
  network: Network,
  options: { readonly recent?: readonly number[]; readonly moves?: number } = {},
): { readonly invariant?: Invariant; readonly obstacles: readonly (Obstacle & { readonly recent: number })[] } {
  const machine = machineOf(network);
  const obstacles: (Obstacle & { recent: number })[] = [];
  for (const recent of options.recent ?? [0, 1, 2, 3, 4]) {
    const history = historyOf(machine, recent, options.moves);
    if (!history) break;
    const found = findInvariant(network, history);
    if ("bounds" in found) return { invariant: found, obstacles };
    obstacles.push({ ...found, recent });
  }
  return { obstacles };
}
