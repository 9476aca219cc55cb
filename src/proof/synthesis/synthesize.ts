/**
 * Weights by constraint solving: a network of step units that answers a task exactly, or that there is none of this shape.
 *
 * Counterexample-guided: a solver finds weights for a few words; the product with the task's machine proves them for all
 * words or gives the shortest one that fails, which is added. As soon as no weights compute the few words, none compute all.
 */
import { compare, format, fromNumber, type Rational, rational } from "../../algebra/rational.ts";
import { LonghandError } from "../../errors.ts";
import { ilrnnModel, type Model } from "../../models/index.ts";
import { machineOf } from "../../networks/index.ts";
import type { Task } from "../../tasks/index.ts";
import { centreThresholds, exploreProduct, type Flaw, type Product } from "../product.ts";
import { type StepNetwork, stepNetwork } from "../step-network.ts";
import { encode, unknownsOf, type WeightBounds, type Word } from "./encode.ts";
import { openSolver, type Solver } from "./solver.ts";

export interface SynthesisOptions {
  /** Units of the hidden layers, from the lowest; the output layer is added. */
  readonly layers: readonly number[];
  /** Further output units that no answer is read from. Default 0. */
  readonly unread?: number;
  /** Least distance of every sum from its threshold, and of the right logit from the others, > 0. Default ½. */
  readonly margin?: Rational;
  /** Largest |weight|, > 0; biases are free. Default: none. */
  readonly maxWeight?: Rational;
  /** Whether to look for the fewest weights that aren't 0. Default false. */
  readonly fewest?: boolean;
  /** Time for all of it. Default 60. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: SynthesisEvent) => void;
}

/** After each question to the solver. */
export interface SynthesisEvent {
  /** What is looked for, in words. */
  readonly stage: string;
  /** Questions so far, this one included. */
  readonly iteration: number;
  /** Words that the weights had to compute, and their distinct steps. */
  readonly words: number;
  readonly steps: number;
  readonly seconds: number;
  readonly answer: "sat" | "unsat" | "unknown";
  /** What these weights fail on: the next word. Undefined: nothing, or there are no weights. */
  readonly flaw: Flaw | undefined;
}

/** What one search ended in. */
export interface SynthesisStage {
  readonly stage: string;
  readonly bounds: WeightBounds;
  readonly verdict: "found" | "none" | "undecided";
  readonly iterations: number;
  readonly seconds: number;
  /** The last question: SMT-LIB text that has a solution, has none, or wasn't decided. */
  readonly problem: string;
}

export type Synthesis = {
  readonly task: Task;
  readonly model: Model;
  readonly stages: readonly SynthesisStage[];
  /** Words that the solver was asked about, by the time it ended. */
  readonly words: readonly Word[];
  readonly iterations: number;
  readonly seconds: number;
  /** What has been proved, in sentences. */
  readonly claims: readonly string[];
} & (
  | {
      readonly verdict: "found";
      readonly network: StepNetwork;
      /** Proves the network at all lengths. */
      readonly product: Product;
      /** Weights that aren't 0. */
      readonly connections: number;
    }
  | { readonly verdict: "none" }
  | { readonly verdict: "undecided"; readonly reason: string }
);

type Found = { readonly network: StepNetwork; readonly product: Product };
type Search = ({ readonly verdict: "found" } & Found) | { verdict: "none" } | { verdict: "undecided"; reason: string };

/** No larger whole weights are tried: by then others are as good to read. */
const LARGEST_WHOLE = 16;

/**
 * Finds weights for a shape of ilrnn with step units: any real ones first, which decides whether there are some; then, if
 * asked, the fewest that aren't 0; then the smallest whole ones. Thresholds end in the middle of where they may be.
 *
 * Without `maxWeight` the margin is a matter of scale: weights with any margin at all, even with sums exactly at the
 * threshold, could be shifted and multiplied to have this one, so "none" holds for every choice of real weights. With
 * `maxWeight` it holds for weights within it whose sums keep the margin.
 * @throws LonghandError `argument` for a task without a machine, or a margin, weight or time that isn't positive;
 *   `config` for layers that aren't positive whole numbers; `unsupported` where the solver can't be loaded.
 */
export async function synthesize(task: Task, options: SynthesisOptions): Promise<Synthesis> {
  const { layers, unread = 0, margin = rational(1n, 2n), maxWeight, seconds = 60, signal } = options;
  const machine = machineOf({ task });
  checkPositive("margin", margin);
  if (maxWeight) checkPositive("maxWeight", maxWeight);
  checkPositive("seconds", fromNumber(seconds));
  const channels = task.channels.map((alphabet) => alphabet.length);
  const signature = { channels, answers: task.output.length };
  const model = ilrnnModel.build({ layers, unread, activation: "step" }, signature);
  const parameters = unknownsOf(model);
  const unknowns = parameters.flatMap((parameter) => parameter.unknowns);

  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const words: Word[] = machine.letters(machine.initial).map((letter) => [letter]);
  const stages: SynthesisStage[] = [];
  let iterations = 0;

  async function search(solver: Solver, stage: string, bounds: WeightBounds): Promise<Search> {
    const before = { iterations, seconds: elapsed() };
    for (;;) {
      const { text, steps } = encode(model, machine, words, bounds);
      const result = await solver.check(text, { unknowns, seconds: seconds - elapsed(), signal });
      iterations++;
      const asked = words.length;
      let found: Found | undefined;
      if (result.answer === "sat") {
        const exact = parameters.map(
          ({ name, unknowns }) => [name, unknowns.map((unknown) => result.values[unknown]!)] as const,
        );
        const network = stepNetwork(task, model, Object.fromEntries(exact));
        found = { network, product: exploreProduct(network, margin) };
      }
      const flaw = found?.product.flaw;
      options.onProgress?.({
        stage,
        iteration: iterations,
        words: asked,
        steps,
        seconds: elapsed(),
        answer: result.answer,
        flaw,
      });
      if (flaw) {
        words.push(flaw.word);
        continue;
      }
      const verdict = found ? "found" : result.answer === "unsat" ? "none" : "undecided";
      const used = { iterations: iterations - before.iterations, seconds: elapsed() - before.seconds };
      stages.push({ stage, bounds, verdict, ...used, problem: text });
      if (found) return { verdict: "found", ...found };
      return result.answer === "unknown" ? { verdict: "undecided", reason: result.reason } : { verdict: "none" };
    }
  }

  await using solver = await openSolver();
  const shape = `ilrnn ${JSON.stringify(layers)}${unread > 0 ? ` with ${unread} unread outputs` : ""}`;
  const limited: WeightBounds = { margin, ...(maxWeight && { maxWeight }) };
  const limits = maxWeight
    ? `weights from -${format(maxWeight)} to ${format(maxWeight)} whose sums all keep ${format(margin)} from the threshold`
    : "real weights, however large, even where sums may be exactly at the threshold";
  const claims: string[] = [];
  const made = () => ({ task, model, stages, words, iterations, seconds: elapsed(), claims });
  const none = (what: string) =>
    `no ${shape} of step units${what} computes ${words.length} words of ${task.name}: none with ${limits}`;

  const first = await search(solver, "any weights", limited);
  if (first.verdict === "none") {
    claims.push(none(""));
    return { verdict: "none", ...made() };
  }
  if (first.verdict === "undecided") return { verdict: "undecided", reason: first.reason, ...made() };

  let best: Found = first;
  let most: number | undefined;
  while (options.fewest) {
    most = connectionsOf(best.network);
    const fewer = await search(solver, `at most ${most - 1} connections`, { ...limited, connections: most - 1 });
    if (fewer.verdict === "none") claims.push(none(` with fewer than ${most} connections`));
    if (fewer.verdict !== "found") break;
    best = fewer;
  }
  for (let size = 1; size <= LARGEST_WHOLE; size++) {
    const largest = rational(size);
    if (maxWeight && compare(largest, maxWeight) > 0) break;
    const bounds = { margin, maxWeight: largest, whole: true, ...(most !== undefined && { connections: most }) };
    const whole = await search(solver, `whole weights up to ${size}`, bounds);
    if (whole.verdict === "none") continue;
    if (whole.verdict === "found") best = whole;
    break;
  }
  const network = centreThresholds(best.network, best.product);
  const product = exploreProduct(network, margin);
  claims.unshift(`this ${shape} answers every input of ${task.name} right, at every length`);
  return { verdict: "found", network, product, connections: connectionsOf(network), ...made() };
}

/** Weights that aren't 0; biases aren't counted. */
export function connectionsOf({ layers }: StepNetwork): number {
  return layers.flat().flatMap(({ below, before }) => [...below, ...before].filter((weight) => weight !== 0n)).length;
}

function checkPositive(name: string, value: Rational): void {
  if (value.numerator > 0n) return;
  throw new LonghandError("argument", `synthesize: ${name} is ${format(value)}, expected a number above 0`);
}
