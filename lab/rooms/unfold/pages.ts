/** Formulas as files: LaTeX to put into a paper, or plain text. */
import { alignedLines, equationLines, type UnfoldedFormula, type WrittenEquation } from "longhand";

function page(
  { equations, derivation, where, activation, isWithoutThresholds }: UnfoldedFormula,
  title: string,
  note: string,
  write: (equations: readonly WrittenEquation[]) => readonly string[],
): string {
  const remarks = [
    ...(activation === undefined ? [] : [`g is ${activation}`]),
    ...(isWithoutThresholds ? ["biases are left out"] : []),
  ];
  const lines = [
    `${note}${title}${remarks.length > 0 ? `; ${remarks.join("; ")}` : ""}`,
    ...write(equations),
    `${note}The output at the last step`,
    ...write(derivation),
    ...(where.length > 0 ? [`${note}where`, ...write(where)] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** Of a formula written as LaTeX. */
export const asLatex = (formula: UnfoldedFormula, title: string) => page(formula, title, "% ", alignedLines);

/** Of a formula written as text. */
export const asText = (formula: UnfoldedFormula, title: string) =>
  page(formula, title, "", (equations) => ["", ...equationLines(equations), ""]);
