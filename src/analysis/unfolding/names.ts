/** What weights, biases and values of a network are called in formulas, by the part that each plays in its graph. */
import type { Tensors } from "../../cells/index.ts";
import { type PrintStyle, type Tensor, topologicalOrder } from "../../graph/index.ts";
import type { RecurrentNetwork } from "./network.ts";
import { type Quantity, unfold } from "./unfold.ts";
import { operatorOf } from "./zeros.ts";

/** How formulas are written: sums over named indices, products of matrices, or with all sizes 1. */
export type FormulaForm = "sums" | "matrix" | "scalar";

/** A name and what stands at its right. */
export interface Name {
  readonly base: string;
  /** (rec) in w^(rec), in W_rec; the layer in x^(1). */
  readonly label?: string;
}

export interface Names {
  readonly form: FormulaForm;
  /**
   * "layers": x^(0), x^(1), … and w^(1), w^(rec), …, as papers/002 writes networks whose state is activities of layers, eq. 1
   * and 2. "variables": x, h, c, … and W_in, W_rec, W_out, as it writes others, eq. 14–18. "own": as the cell does.
   */
  readonly scheme: "layers" | "variables" | "own";
  /** By the parameter's name. */
  readonly parameters: ReadonlyMap<string, Name>;
  /** By the quantity's name. */
  readonly quantities: ReadonlyMap<string, Name>;
}

/** Names for a network in a form: those of papers/002 in sums and scalars, the cell's own in matrices. */
export function namesOf(network: RecurrentNetwork, form: FormulaForm): Names {
  const { quantities, parameters, output } = unfold(network, { steps: 1, initial: "symbolic" });
  const all = [...quantities.values()];
  const isLayered = all.every(({ kind, name }) => kind !== "gate" && /^(x|y|(\d+\.)?[hy]\d*)$/.test(name));
  const scheme = form === "matrix" ? "own" : form === "sums" && isLayered ? "layers" : "variables";
  const values = new Map<string, Name>();
  let depth = 0;
  for (const { name, kind } of all.filter((each) => each.kind !== "initial")) {
    if (scheme !== "layers") values.set(name, ownName(name));
    else values.set(name, kind === "output" ? { base: "ŷ" } : { base: "x", label: String(depth++) });
  }
  // A stack's output that is fed back has a name of its own only before the first step.
  for (const { name } of all) if (!values.has(name)) values.set(name, ownName(name));
  if (scheme === "own") {
    const own = Object.keys(parameters).map((name) => [name, ownName(name)] as const);
    return { form, scheme, parameters: new Map(own), quantities: values };
  }

  const ends = all.filter(({ time }) => time === 1).map(({ tensor }) => tensor);
  const roles = rolesOf([...ends, output], parameters, quantities);
  const label = (name: string) => {
    const role = roles.get(name)!;
    if (role.isRecurrent) return "rec";
    if (scheme === "layers") return String(Number(values.get(role.from)?.label ?? depth - 1) + 1);
    return name === "V" && network.readout ? "out" : "in";
  };
  const matrices = [...roles.keys()];
  const base = form === "sums" ? "w" : "W";
  const named = Object.entries(parameters).map(([name, { shape }]): [string, Name] => {
    const { letter, tail } = parts(name);
    if (name === "c" && network.readout) return [name, { base: "b", label: scheme === "layers" ? String(depth) : "y" }];
    if (!roles.has(name)) {
      const bias = scheme === "layers" ? "1" : "h";
      return [name, { base: shape.length === 1 ? letter.toLowerCase() : letter, label: tail || bias }];
    }
    const isAlone = matrices.filter((other) => label(other) === label(name)).length === 1;
    return [name, { base, label: isAlone ? label(name) : [label(name), tail].filter(Boolean).join(",") }];
  });
  return { form, scheme, parameters: new Map(named), quantities: values };
}

/** "2.Wi": the letter W, and i of layer 2. */
function parts(name: string): { letter: string; tail: string } {
  const [, layer, letter = name, rest = ""] = /^(?:(\d+)\.)?([A-Za-z])(.*)$/.exec(name) ?? [];
  return { letter, tail: [layer, rest].filter(Boolean).join(".") };
}

function ownName(name: string): Name {
  const { letter, tail } = parts(name);
  return labelled(letter, tail);
}

function labelled(base: string, label: string | undefined): Name {
  return label ? { base, label } : { base };
}

/** Where a weight matrix leads from. */
interface Role {
  /** Whether from a value of the step before. */
  readonly isRecurrent: boolean;
  /** The name of the value that it weights; of several the first. */
  readonly from: string;
}

/** The parts that matrices play which values are multiplied by. */
function rolesOf(
  outputs: readonly Tensor[],
  parameters: Tensors,
  quantities: ReadonlyMap<Tensor, Quantity>,
): Map<string, Role> {
  const nameOf = new Map(Object.entries(parameters).map(([name, tensor]) => [tensor, name]));
  const roles = new Map<string, Role>();
  for (const node of topologicalOrder(outputs)) {
    if (node.kind !== "operator" || node.operator.name !== "MatMul") continue;
    const name = nameOf.get(node.inputs[1]!);
    if (name === undefined) continue;
    // Of values side by side the first one is what the cell reads.
    const value = node.inputs[0]!;
    const from = sourcesOf(operatorOf(value, "Concat")?.inputs[0] ?? value, quantities);
    const isRecurrent = from.some(({ kind }) => kind === "initial");
    if (from[0]) roles.set(name, { isRecurrent, from: from[0].name });
  }
  // In the order of the parameters.
  return new Map(Object.keys(parameters).flatMap((name) => (roles.has(name) ? [[name, roles.get(name)!]] : [])));
}

/** The named values nearest to a tensor that it is made of: itself, where it has a name. */
export function sourcesOf(tensor: Tensor, quantities: ReadonlyMap<Tensor, Quantity>): Quantity[] {
  const own = quantities.get(tensor);
  if (own) return [own];
  return [...new Set(tensor.node.inputs.flatMap((used) => sourcesOf(used, quantities)))];
}

/** A name with indices and, of a value, a time: w_ij^(1), x_k^(0)(t=4); W_in, x_4; W, x₄. */
export function written(
  { base, label }: Name,
  names: Names,
  style: PrintStyle,
  at: { readonly indices?: readonly string[]; readonly time?: string | undefined } = {},
): string {
  const { indices = [], time } = at;
  const isLatex = style === "latex";
  const letter = base === "ŷ" && isLatex ? "\\hat{y}" : base;
  const upper = names.form === "sums" ? label : label?.replace(/[a-z]{2,}/, "\\text{$&}");
  if (names.form === "sums") {
    const areLetters = indices.every((index) => /^\p{L}[₀-₉]*$/u.test(index));
    const lower = isLatex
      ? indices.map(latexIndex).join(areLetters ? (indices.some((index) => index.length > 1) ? " " : "") : ",")
      : indices.join(areLetters ? "" : ",");
    const index = lower === "" ? "" : isLatex ? `_{${lower}}` : `_${lower}`;
    const exponent = label === undefined ? "" : isLatex ? `^{(${upper})}` : `^(${label})`;
    return `${letter}${index}${exponent}${time === undefined ? "" : `(${time})`}`;
  }
  const isMatrix = names.form === "matrix";
  if (time !== undefined) {
    // A layer stands above, the time below.
    if (isLatex) return `${letter}${label === undefined ? "" : `^{(${upper})}`}_{${time}}`;
    if (isMatrix) return `${letter}${label === undefined ? "" : superscript(label)}${subscript(time)}`;
    return `${letter}${label === undefined ? "" : `^(${label})`}_${time.length > 1 && !/^\d+$/.test(time) ? `{${time}}` : time}`;
  }
  if (label === undefined) return letter;
  if (isMatrix) {
    const [, layer, own = ""] = /^(?:(\d+)\.)?(.*)$/.exec(label)!;
    const above = layer === undefined ? "" : isLatex ? `^{(${layer})}` : superscript(layer);
    const below = own === "" ? "" : isLatex ? `_{${own}}` : subscript(own);
    return `${letter}${above}${below}`;
  }
  return isLatex ? `${letter}^{${upper}}` : `${letter}_${label}`;
}

/** j₂ as j_{2}, 3+j₂ as 3+j_{2}. */
export function latexIndex(index: string): string {
  const plain = (digits: string) => [...digits].map((digit) => "₀₁₂₃₄₅₆₇₈₉".indexOf(digit)).join("");
  return index.replaceAll(/[₀-₉]+/g, (digits) => `_{${plain(digits)}}`);
}

/** Digits and signs as a subscript; other texts after an underline. */
function subscript(text: string): string {
  if (!/^[\dt−]+$/.test(text)) return `_${text}`;
  return [...text].map((letter) => "₀₁₂₃₄₅₆₇₈₉ₜ₋"["0123456789t−".indexOf(letter)]).join("");
}

function superscript(text: string): string {
  if (!/^\d+$/.test(text)) return `^(${text})`;
  return [...text].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
}
