/** What `longhand unroll` prints: like the solution of an exercise. */
import {
  alignedLines,
  type Equivalence,
  equationLines,
  type RecurrentNetwork,
  type UnfoldedFormula,
  type UnfoldedStructure,
  type WrittenEquation,
} from "../src/index.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { count, counted } from "./words.ts";

/** An unfolded network, and all that was found out about it. */
export interface Unrolled {
  readonly network: RecurrentNetwork;
  readonly steps: number;
  /** Of a trained network, in words. */
  readonly origin: string | undefined;
  readonly formula: UnfoldedFormula;
  readonly structure: UnfoldedStructure;
  readonly equivalence: Equivalence;
}

/** Rows of the table of layers that are shown at its beginning and its end. */
const SHOWN = 6;

export function printUnfolding(unrolled: Unrolled, output: Output): void {
  const { steps, formula, structure } = unrolled;
  output.print(titleOf(unrolled));
  output.print();
  printEquations(formula.equations, output);
  for (const line of remarks(formula)) output.print(`${line}\n`);
  output.print(`${output.style("bold", `a. The output at t = ${steps}`)} in terms of the weights and the inputs\n`);
  printEquations(formula.derivation, output);
  if (formula.where.length > 0) {
    output.print("where\n");
    printEquations(formula.where, output);
  }
  if (formula.form === "sums" && formula.indices === "sheet" && steps > 1) {
    output.print(
      "Each value's equation is put in as it stands, as the sheet does: in an inner bracket j is the unit that the",
    );
    output.print("sum before it calls i. --indices distinct gives every sum an index of its own.\n");
  }

  const { counts } = structure;
  const outputs = structure.layers.some(({ kind }) => kind === "output") ? " and one output layer" : "";
  output.print(
    `${output.style("bold", "b. The equivalent feedforward network")}: ${counted(counts.hiddenLayers, "hidden layer")}${outputs}\n`,
  );
  for (const line of layersTable(structure)) output.print(`  ${line}`);
  output.print();
  output.print(
    `${counted(counts.units, "unit")}, ${counted(counts.connections, "connection")}. ${count(counts.parameters)} weights and biases in all places, ${count(counts.distinctParameters)} different ones: layers share them.`,
  );
  output.print(verdictOf(unrolled.equivalence));
}

/** The formulas alone, to be copied; the rest as comments. */
export function printLatex(unrolled: Unrolled, output: Output): void {
  const { formula, steps, structure, equivalence } = unrolled;
  const { counts } = structure;
  output.print(`% ${titleOf(unrolled)}`);
  for (const line of remarks(formula)) output.print(`% ${line}`);
  printAligned(formula.equations, output);
  output.print(`% The output at t = ${steps}`);
  printAligned(formula.derivation, output);
  if (formula.where.length > 0) {
    output.print("% where");
    printAligned(formula.where, output);
  }
  output.print(
    `% ${counted(counts.hiddenLayers, "hidden layer")}, ${counted(counts.units, "unit")}, ${counted(counts.connections, "connection")}`,
  );
  output.print(`% ${verdictOf(equivalence)}`);
}

function titleOf({ network, steps, origin, structure }: Unrolled): string {
  const { cell, readout } = network;
  const { layers } = structure;
  const outermost = layers.find(({ kind }) => kind === "output")?.depth;
  const hidden = layers.filter(({ kind, depth }) => kind === "hidden" && depth !== outermost);
  const widths = [...new Map(hidden.map(({ depth, units }) => [depth, units])).values()];
  const told = widths.length === 0 ? "" : `${widths.join(" + ")} hidden unit${widths.join() === "1" ? "" : "s"}, `;
  const outputs = readout?.units ?? cell.output;
  return `${cell.name} over ${counted(steps, "time step")}: ${counted(cell.input, "input")}, ${told}${counted(outputs, "output")}${origin === undefined ? "" : `; ${origin}`}`;
}

/** What the equations leave out or stand for. */
function remarks({ activation, isWithoutThresholds }: UnfoldedFormula): string[] {
  const said = [
    ...(activation === undefined ? [] : [`g is ${activation}`]),
    ...(isWithoutThresholds ? ["thresholds are left out (--thresholds writes them)"] : []),
  ];
  return said.length === 0 ? [] : [`${said.join("; ")}.`];
}

function printEquations(equations: readonly WrittenEquation[], output: Output): void {
  for (const line of equationLines(equations)) output.print(`  ${line}`);
  output.print();
}

function printAligned(equations: readonly WrittenEquation[], output: Output): void {
  for (const line of alignedLines(equations)) output.print(line);
}

/** What each layer reads, and by which weights. */
function layersTable({ layers, connections }: UnfoldedStructure): string[] {
  const rows = layers.flatMap(({ kind, name, units }, to) => {
    if (kind === "input") return [];
    const read = connections.filter((connection) => connection.to === to);
    const parts = read.map(({ from, weights, isOneToOne }) => {
      const by = [...(weights.length > 0 ? [together(weights)] : []), ...(isOneToOne ? ["unit to unit"] : [])];
      return `${layers[from]!.name} by ${by.join(", ")}`;
    });
    return [[name, count(units), parts.join("; ")]];
  });
  const isLong = rows.length > 2 * SHOWN;
  const shown = isLong ? [...rows.slice(0, SHOWN), ["…", "", ""], ...rows.slice(-SHOWN)] : rows;
  return table(["layer", "units", "reads"], shown, [1]);
}

/** w^(in,i) and w^(in,f) as w^(in,{i,f}). */
function together(weights: readonly string[]): string {
  const heads = new Map<string, string[]>();
  for (const name of weights) {
    const [, head = name, tail] = /^(.*?,(?:\d+\.)?)(.*)\)$/.exec(name) ?? [];
    heads.set(head, [...(heads.get(head) ?? []), ...(tail === undefined ? [] : [tail])]);
  }
  return [...heads]
    .map(([head, tails]) =>
      tails.length === 0 ? head : `${head}${tails.length === 1 ? tails[0] : `{${tails.join()}}`})`,
    )
    .join(" ");
}

function verdictOf({ graphs, draws, equal }: Equivalence): string {
  const [, operations] = graphs.operations;
  const same = graphs.isSame
    ? `It is the same network: its ${counted(operations, "operation")} are those of the recurrence, one for one`
    : `It is not the same network: ${graphs.common} of ${counted(operations, "operation")} are the recurrence's; ${graphs.missing} isn't`;
  return `${same}; outputs agree to the last bit on ${equal} of ${counted(draws, "random draw")}.`;
}
