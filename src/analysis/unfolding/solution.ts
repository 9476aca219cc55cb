/** Exercise 1 of papers/002 for any network: its output in terms of weights and inputs, and how one comes there. */
import { LonghandError } from "../../errors.ts";
import type { PrintStyle } from "../../graph/index.ts";
import { formulaWriter, type MarkSymbol, type WrittenEquation } from "./formula.ts";
import type { FormulaForm } from "./names.ts";
import type { RecurrentNetwork } from "./network.ts";
import { isPutIn, keptValues, type PutsIn, solutionSize, valuesIn } from "./size.ts";
import { type Quantity, type Unfolding, unfold } from "./unfold.ts";

export interface SolutionOptions {
  /** See `WriterOptions`. Default: "sheet" of networks as the sheet's, of others "distinct". */
  readonly indices?: "sheet" | "distinct";
  /** Number of time steps. */
  readonly steps: number;
  /** Name of the state or gate whose formula at the last step is asked for. Default: the network's output. */
  readonly of?: string;
  /** Default "sums". */
  readonly form?: FormulaForm;
  /** Default "text". */
  readonly style?: PrintStyle;
  /** Whether units have biases. Default: as the sheet, not in sums; in other forms they have. */
  readonly thresholds?: boolean;
  /** Whether the state before the first step is zero, and drops out, or stays in the formulas. Default "zero". */
  readonly initial?: "zero" | "symbolic";
  /**
   * Whether the equations of all values are put in. Default: of networks without gates they are; of others gates and states
   * keep their names, and their equations follow.
   */
  readonly expand?: boolean;
  /** Whether each substitution is written, or the last one alone. Default false. */
  readonly derivation?: boolean;
  /** The most symbols, weights, inputs and values as often as they are written. Default 5,000. */
  readonly most?: number;
  /**
   * What is written in place of each symbol, for pages that react to them. In the network's equations at any time, times and
   * steps count from t: 0 is t, −1 is t−1. Default: symbols are written as they are.
   */
  readonly mark?: MarkSymbol;
  /** Whether a new line begins before a term that an equation of an earlier step was put into. Default: in sums it does. */
  readonly breaks?: boolean;
}

export interface Solution {
  readonly form: FormulaForm;
  /** The network's equations, at any time. */
  readonly equations: readonly WrittenEquation[];
  /** The output at the last step, one substitution after the other where they are asked for; the last one is the solution. */
  readonly derivation: readonly WrittenEquation[];
  /** The equations of what keeps its name in the solution, the latest first. */
  readonly where: readonly WrittenEquation[];
  /** Symbols in the solution and what follows it. */
  readonly size: number;
  readonly indices: "sheet" | "distinct";
  /** The function that g stands for, where one does. */
  readonly activation?: string;
  /** Whether biases are left out. */
  readonly isWithoutThresholds: boolean;
}

/** Symbols that a page of formulas has at most. */
const MOST = 5000;
/** Steps whose equations are put into each other at most. */
const DEEPEST = 300;

/**
 * The output of a network at its last time step in terms of the weights and the inputs (papers/002, eq. 3–13), derived from
 * the graph of the cell's step.
 * @throws LonghandError `unknown-name` for a value that the network hasn't; `argument` for a formula of more symbols than the limit, saying how many it has, or of more than 300
 *   steps inside each other; for a number of steps that isn't a whole one of at least 1; for sizes other than 1 in the form "scalar".
 */
export function unfoldedFormula(network: RecurrentNetwork, options: SolutionOptions): Solution {
  const { steps, form = "sums", style = "text", most = MOST, mark, of, breaks } = options;
  const { initial = "zero", thresholds = form !== "sums" } = options;
  if (form === "scalar") checkSizes(network);
  const indices = options.indices ?? (isSheetNetwork(network) ? "sheet" : "distinct");
  const unfolding = unfold(network, { steps, thresholds, initial, ...(of !== undefined && { of }) });
  const hasGates = [...unfolding.quantities.values()].some(({ kind }) => kind === "gate");
  const expand = options.expand ?? !hasGates;
  const writer = formulaWriter(unfolding, {
    form,
    style,
    indices,
    ...(mark && { mark }),
    ...(breaks !== undefined && { breaks }),
  });
  const all: PutsIn = () => expand;
  const kept = keptValues(unfolding, all);
  const size = solutionSize(unfolding, all);
  if (size > most) {
    throw new LonghandError(
      "argument",
      `unfolding: ${network.cell.name} over ${steps} steps has a formula of ${spoken(size)} symbols${expand && hasGates ? ", its gates put in" : ""}; expected at most ${spoken(most)}: fewer steps${expand && hasGates ? ", or gates that keep their names" : ""}`,
    );
  }
  if (expand && steps > DEEPEST) {
    throw new LonghandError(
      "argument",
      `unfolding: ${network.cell.name} over ${steps} steps has a formula of ${steps} brackets inside each other; expected at most ${DEEPEST} steps`,
    );
  }
  return {
    form,
    equations: equationsOf(network, { form, style, indices, thresholds, ...(mark && { mark }) }),
    derivation: (options.derivation ? derivationOf(unfolding, all) : [all]).map((putsIn) => ({
      left: writer.output,
      right: writer.right(putsIn),
    })),
    where: kept.map((quantity) => writer.equation(quantity)),
    size,
    indices,
    ...(writer.activation !== undefined && { activation: writer.activation }),
    isWithoutThresholds: !thresholds,
  };
}

/** In a formula of numbers nothing has several units. */
function checkSizes(network: RecurrentNetwork): void {
  const { input, output, state } = network.cell;
  const sizes = [input, ...Object.values(state), output, network.readout?.units ?? 1];
  const wrong = sizes.find((size) => size !== 1);
  if (wrong === undefined) return;
  throw new LonghandError(
    "argument",
    `unfolding: ${network.cell.name} has sizes ${[...new Set(sizes)].join(", ")}, expected 1 for all of them in the form "scalar"`,
  );
}

/** Whether a network has one hidden layer of units and nothing else, as that of papers/002, eq. 1 and 2. */
function isSheetNetwork({ cell, readout }: RecurrentNetwork): boolean {
  return readout !== undefined && ["rnn", "feedforward"].includes(cell.name);
}

/** The network's equations at a time t, from the output to the values that it is made of. */
function equationsOf(
  network: RecurrentNetwork,
  options: Required<Pick<SolutionOptions, "form" | "style" | "indices" | "thresholds">> & Pick<SolutionOptions, "mark">,
): WrittenEquation[] {
  const { thresholds, mark, ...rest } = options;
  const unfolding = unfold(network, { steps: 2, thresholds });
  const isNow = ({ time }: Quantity) => time === 2;
  const now = keptValues(unfolding, () => false).filter(isNow);
  const time = (step: number) => (step === 2 ? "t" : "t−1");
  const fromNow: MarkSymbol | undefined =
    mark &&
    (({ time, step, ...symbol }, text) =>
      mark({ ...symbol, ...(time !== undefined && { time: time - 2 }), step: step - 2 }, text));
  const writer = formulaWriter(unfolding, { ...rest, time, ...(fromNow && { mark: fromNow }) });
  return [{ left: writer.output, right: writer.right(() => false) }, ...now.map((value) => writer.equation(value))];
}

/** Which values are put in after each substitution: none, those of the formula before, those of that one, … */
function derivationOf(unfolding: Unfolding, putsIn: PutsIn): PutsIn[] {
  const steps: PutsIn[] = [];
  const known = new Set<Quantity>();
  for (;;) {
    const now = new Set(known);
    steps.push((quantity) => now.has(quantity));
    const next = valuesIn(unfolding.output, unfolding, (quantity) => now.has(quantity)).filter(
      (quantity) => isPutIn(quantity) && putsIn(quantity),
    );
    if (next.length === 0) return steps;
    for (const quantity of next) known.add(quantity);
  }
}

/** 5,000; 4.2 million; 3·10^12. */
function spoken(size: number): string {
  if (size < 1e6) return size.toLocaleString("en-US");
  if (size < 1e9) return `${(size / 1e6).toPrecision(3)} million`;
  return `about 10^${Math.round(Math.log10(size))}`;
}
