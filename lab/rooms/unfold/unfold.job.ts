/** All that the room shows of an unfolded network: formulas, symbols, picture. */
import {
  type FormulaSymbol,
  LonghandError,
  networkSymbols,
  type UnfoldedFormula,
  type UnfoldedFormulaOptions,
  unfold,
  unfoldedFormula,
  unfoldedPicture,
  unfoldedStructure,
} from "longhand";
import { markedLatex } from "./marks.ts";
import { type ChosenNetwork, networkOf } from "./network.ts";
import type { Values } from "./settings.ts";

export type UnfoldInput = ChosenNetwork & {
  readonly options: Pick<Values, "steps" | "of" | "indices" | "thresholds" | "initial" | "expand" | "derivation">;
};

/** A formula thrice: with data attributes, as LaTeX for others, as text. */
export interface WrittenFormula {
  readonly marked: UnfoldedFormula;
  readonly latex: UnfoldedFormula;
  readonly text: UnfoldedFormula;
}

/** Symbols that a page sets in an instant. */
const MOST_SYMBOLS = 1500;

export type Unfolded = Awaited<ReturnType<typeof job>>;

export function job({ options, ...chosen }: UnfoldInput) {
  const { form } = chosen.settings;
  const { steps, thresholds, initial, derivation } = options;
  const network = networkOf(chosen);
  const { indices, expand } = options;
  const symbols = networkSymbols(network, form);
  // A name of another cell's value is none of this one's.
  const isOther = symbols.some(({ kind, name, role }) => kind === "value" && role !== "input" && name === options.of);
  const of = isOther && options.of !== "y" ? { of: options.of } : {};
  const shared: UnfoldedFormulaOptions = {
    breaks: true,
    ...{ steps, form, thresholds, initial, most: MOST_SYMBOLS },
    ...(indices !== "usual" && { indices }),
    ...(expand !== "usual" && { expand: expand === "yes" }),
  };
  const structure = unfoldedStructure(unfold(network, { steps, thresholds, initial, ...of }), form);
  const title = `${network.cell.name} over ${steps} time step${steps === 1 ? "" : "s"}`;
  const write = (more: Partial<UnfoldedFormulaOptions>): WrittenFormula => ({
    marked: unfoldedFormula(network, { ...shared, ...more, style: "latex", mark: markedLatex }),
    latex: unfoldedFormula(network, { ...shared, ...more, style: "latex" }),
    text: unfoldedFormula(network, { ...shared, ...more }),
  });
  return {
    title,
    structure,
    symbols,
    of: symbols.find(({ kind, name }) => kind === "value" && name === of.of),
    functions: functionsOf(network, shared),
    picture: attempt(() => unfoldedPicture(structure, { title })),
    /** One step alone is always small enough. */
    cell: write({ steps: 1, expand: false }),
    formula: attempt(() => write({ derivation, ...of })),
    hasGates: symbols.some(({ role }) => role === "gate"),
  };
}

/** The names of the functions that the cell's equations hold, as they are written. */
function functionsOf(network: Parameters<typeof unfoldedFormula>[0], options: UnfoldedFormulaOptions): string[] {
  const found = new Set<string>();
  const mark = ({ kind, name }: FormulaSymbol, text: string) => {
    if (kind === "function") found.add(name);
    return text;
  };
  unfoldedFormula(network, { ...options, steps: 1, expand: false, mark });
  return [...found];
}

/** A part that may be too large to be made: the message, where it is. */
function attempt<Result>(make: () => Result): { readonly made: Result } | { readonly trouble: string } {
  try {
    return { made: make() };
  } catch (error) {
    if (error instanceof LonghandError) return { trouble: error.message };
    throw error;
  }
}
