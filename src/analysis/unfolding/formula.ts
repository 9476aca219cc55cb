/** The output of an unfolded network as a formula of weights and inputs, by a walk through its graph. */

import { LonghandError } from "../../errors.ts";
import { describe, type OperatorNode, type Printed, type PrintStyle, type Tensor } from "../../graph/index.ts";
import { atom, STRENGTH, within } from "../../graph/print.ts";
import { valueInputs } from "../../runtime/live.ts";
import { functionOf, functionsOf, isElementwise } from "./functions.ts";
import { type Letters, lettersOf } from "./indices.ts";
import { type FormulaForm, latexIndex, type Names, namesOf, written } from "./names.ts";
import { isPutIn, type PutsIn } from "./size.ts";
import type { Quantity, Unfolding } from "./unfold.ts";
import { isZero, operatorOf } from "./zeros.ts";

/** A symbol of a formula: what it stands for, and the step whose equation it stands in. */
export interface FormulaSymbol {
  readonly kind: "parameter" | "value" | "function" | "sum";
  /** Of a parameter or a value, as its cell has it; of a function, "tanh"; of a sum, the letter of its index. */
  readonly name: string;
  /** Of a value: its time. */
  readonly time?: number;
  /** Time of the value whose equation holds it. */
  readonly step: number;
  /** Of a sum: how many terms it has. */
  readonly terms?: number;
}

/** What is written in place of a symbol: it takes up the symbol's text, as in \htmlData{name=W}{W}. */
export type MarkSymbol = (symbol: FormulaSymbol, text: string) => string;

export interface WriterOptions {
  /** Default "sums". */
  readonly form?: FormulaForm;
  /** Default "text". */
  readonly style?: PrintStyle;
  /**
   * In sums, "sheet": each value's equation is put in as it stands, as papers/002, eq. 4–13 has it: in an inner bracket j is
   * the unit that the sum before it calls i. "distinct": all sums that are open at a place have different indices. Default
   * "sheet".
   */
  readonly indices?: "sheet" | "distinct";
  /** What a time is called. Default: t=4 in sums, 4 in other forms. */
  readonly time?: (time: number) => string;
  /** Default: symbols are written as they are. */
  readonly mark?: MarkSymbol;
  /** Whether a new line begins before a term that an equation of an earlier step was put into. Default: in sums it does. */
  readonly breaks?: boolean;
}

/** An equation: both sides as text. Sides of several lines are broken before what comes from an earlier step. */
export interface WrittenEquation {
  readonly left: string;
  readonly right: string;
}

/** A part of a formula. */
interface Part extends Printed {
  /** Whether the equation of a value of an earlier step has been put in somewhere in it. */
  readonly isDeep: boolean;
}

export interface FormulaWriter {
  readonly names: Names;
  /** The network's output: ŷ_i(t=4). */
  readonly output: string;
  /** How activations are written that are all the same: "g", which stands for this function; undefined where they aren't. */
  readonly activation: string | undefined;
  /** The output in terms of values that aren't to be put in. */
  right(putsIn: PutsIn): string;
  /** The equation of a value. */
  equation(quantity: Quantity, putsIn?: PutsIn): WrittenEquation;
}

/** How strongly a sum over an index holds together: it needs parentheses in a product, but none in a sum. */
const SUM_OVER_INDEX = (STRENGTH.sum + STRENGTH.product) / 2;

/** Writes the formulas of an unfolded network. */
export function formulaWriter(unfolding: Unfolding, options: WriterOptions = {}): FormulaWriter {
  const { form = "sums", style = "text", indices = "sheet", mark = (_, text) => text } = options;
  const { network, quantities, output } = unfolding;
  const isLatex = style === "latex";
  const isSums = form === "sums";
  const isSheet = indices === "sheet";
  const breaks = options.breaks ?? isSums;
  const names = namesOf(network, form);
  const letters = lettersIn(unfolding, names, !isSheet);
  const parameters = new Map(Object.entries(unfolding.parameters).map(([name, tensor]) => [tensor, name]));
  const functions = isSums ? functionsOf(unfolding.output, style) : [];
  const isNamed = [...names.quantities.values()].some(({ base }) => base === "g");
  const activation = functions.length === 1 && !isNamed ? functions[0] : undefined;
  const timeOf = (time: number) => {
    const text = options.time?.(time) ?? (isSums ? `t=${time}` : String(time));
    return isLatex ? text.replaceAll("−", "-") : text;
  };
  const valueName = ({ name, time }: Quantity, index: string, step: number) =>
    mark(
      { kind: "value", name, time, step },
      written(names.quantities.get(name)!, names, style, { indices: isSums ? [index] : [], time: timeOf(time) }),
    );
  const outputName = () => {
    const base = names.quantities.get("y") ?? { base: isSums ? "ŷ" : "y" };
    const at = { indices: isSums ? [letters.of(output)] : [], time: timeOf(unfolding.steps) };
    const { name, time } = quantities.get(output) ?? { name: "y", time: unfolding.steps };
    const own = isSums ? { base: "ŷ" } : base;
    const shown = unfolding.of === undefined ? own : names.quantities.get(name)!;
    return mark({ kind: "value", name, time, step: time }, written(shown, names, style, at));
  };

  /** What an element of a tensor is; `open`: indices of the sums around it. */
  const write = (root: Tensor, putsIn: PutsIn): Part => {
    // The step of the equation that is being written.
    let now = quantities.get(root)?.time ?? unfolding.steps;
    const element = (tensor: Tensor, index: string, open: readonly string[]): Part => {
      const quantity = tensor === root ? undefined : quantities.get(tensor);
      if (!quantity) return definition(tensor, index, open);
      if (!isPutIn(quantity) || !putsIn(quantity)) return shallow(valueName(quantity, index, now));
      const own = isSheet ? letters.of(tensor) : index;
      const before = now;
      now = quantity.time;
      const part = definition(tensor, own, isSheet ? [own] : open);
      now = before;
      return { ...part, isDeep: part.isDeep || quantity.time < before };
    };
    const definition = (tensor: Tensor, index: string, open: readonly string[]): Part => {
      const parameter = parameters.get(tensor);
      if (parameter !== undefined) return shallow(weight(parameter, [index], now));
      const { node } = tensor;
      if (node.kind !== "operator") throw unwritable(tensor);
      const { operator } = node;
      if (operator.name === "MatMul" && form !== "matrix") return product(node, index, open);
      if (operator.name === "Slice" && isSums) {
        const { axis, start } = node.attributes as { axis: number; start: number };
        if (axis !== -1 || typeof start !== "number") throw unwritable(tensor);
        return element(node.inputs[0]!, start === 0 ? index : `${start}+${index}`, open);
      }
      if (isSums && !isElementwise(node)) throw unwritable(tensor);
      const applied = functionOf(node, style);
      if (applied) {
        const { text, isDeep } = element(applied.operand, index, open);
        const symbol = { kind: "function", name: functionOf(node, "text")!.name, step: now } as const;
        const name = mark(symbol, activation === undefined ? applied.name : "g");
        const rest = activation === undefined ? applied.rest : "";
        const [left, right] = bracketsOf(form, style);
        return { ...atom(`${name}${left}${text}${rest}${right}`), isDeep };
      }
      const used = valueInputs(node);
      const parts = used.map((operand) => element(operand, index, open));
      const isDeep = parts.some((part) => part.isDeep);
      if (operator.name === "Add") return { ...sum(parts as [Part, Part]), isDeep };
      if (operator.name === "Mul" && form !== "matrix") {
        // Weights first.
        const ordered = parameters.has(used[1]!) && !parameters.has(used[0]!) ? [...parts].reverse() : parts;
        const text = ordered.map((part) => within(part, STRENGTH.product, style)).join(" ");
        return { text, strength: STRENGTH.product, isDeep };
      }
      const { attributes } = node;
      return { ...operator.print(parts, style, { inputs: node.inputs, output: tensor, attributes }), isDeep };
    };
    /** a + b, b on a line of its own where an equation of an earlier step was put into it, or into a sum before it. a + (b + c) is a + b + c. */
    const sum = ([a, b]: readonly [Part, Part]): Printed => {
      const isLong = b.isDeep || (a.isDeep && b.strength === SUM_OVER_INDEX);
      const plus = breaks && isLong ? "\n+ " : " + ";
      const right = within(b, /^[−-]/.test(b.text) ? STRENGTH.sum + 1 : STRENGTH.sum, style);
      return { text: `${within(a, STRENGTH.sum, style)}${plus}${right}`, strength: STRENGTH.sum };
    };
    /** Σ_k w_jk x_k. The matrix is a parameter; what it multiplies may be several values side by side. */
    const product = (node: OperatorNode, index: string, open: readonly string[]): Part => {
      const [value, matrix] = node.inputs as [Tensor, Tensor];
      const name = parameters.get(matrix);
      if (name === undefined) throw unwritable(node.outputs[0]!);
      const joined = operatorOf(value, "Concat");
      let offset = 0;
      const terms = (joined?.inputs ?? [value]).flatMap((part): Part[] => {
        const start = offset;
        offset += Number(part.shape.at(-1));
        if (joined && isZero(part)) return [];
        const from = isSums ? letters.sum(part, open) : "";
        const operand = element(part, from, [...open, from]);
        const row = start === 0 || !isSums ? from : `${start}+${from}`;
        const own = joined && !isSums ? `${weight(name, [], now)}[${start + 1}]` : weight(name, [index, row], now);
        const text = `${own} ${within(operand, STRENGTH.product, style)}`;
        if (!isSums) return [{ text, strength: STRENGTH.product, isDeep: operand.isDeep }];
        const symbol = { kind: "sum", name: from, step: now, terms: Number(part.shape.at(-1)) } as const;
        const sigma = mark(symbol, isLatex ? `\\sum_{${latexIndex(from)}}` : `Σ_${from}`);
        return [{ text: `${sigma} ${text}`, strength: SUM_OVER_INDEX, isDeep: operand.isDeep }];
      });
      return terms.reduce((a, b) => ({ ...sum([a, b]), isDeep: a.isDeep || b.isDeep }));
    };
    const index = isSums ? letters.of(root) : "";
    return definition(root, index, [index]);
  };
  const weight = (name: string, at: readonly string[], step: number) =>
    mark(
      { kind: "parameter", name, step },
      written(names.parameters.get(name)!, names, style, { indices: isSums ? at : [] }),
    );
  const right = (root: Tensor, putsIn: PutsIn) => {
    const { text } = write(root, putsIn);
    // Brackets that grow with what is in them can't hold a new line.
    return isLatex && text.includes("\n") ? text.replaceAll(/\\(?:left|right)\b/g, "\\big") : text;
  };
  return {
    names,
    output: outputName(),
    activation,
    right: (putsIn) => right(output, putsIn),
    equation: (quantity, putsIn = () => false) => ({
      left:
        quantity.tensor === output && quantity.kind === "output"
          ? outputName()
          : valueName(quantity, letters.of(quantity.tensor), quantity.time),
      right: right(quantity.tensor, putsIn),
    }),
  };
}

/** Brackets of functions: those of the sheet in sums. */
function bracketsOf(form: FormulaForm, style: PrintStyle): readonly [string, string] {
  if (style === "text") return form === "sums" ? ["[", "]"] : ["(", ")"];
  return form === "sums" ? ["\\big[", "\\big]"] : ["\\left(", "\\right)"];
}

const shallow = (text: string): Part => ({ ...atom(text), isDeep: false });

function lettersIn({ inputs, output, of, quantities }: Unfolding, names: Names, isDistinct: boolean): Letters {
  const bases = new Set([...names.quantities.values()].map(({ base }) => base));
  const values = new Map<string, Tensor[]>();
  for (const { name, tensor } of quantities.values()) values.set(name, [...(values.get(name) ?? []), tensor]);
  return lettersOf({ inputs, values, ...(of === undefined && { output }) }, bases, isDistinct);
}

function unwritable(tensor: Tensor): LonghandError {
  return new LonghandError("unsupported", `formula: ${describe(tensor)} can't be written as sums over indices`);
}
