/** Equations as lines of a page, their signs below each other. */
import type { WrittenEquation } from "./formula.ts";

/** Lines of plain text; a left side that comes again isn't written again. */
export function equationLines(equations: readonly WrittenEquation[]): string[] {
  return equations.flatMap(({ left, right }, k) => {
    const [first, ...rest] = right.split("\n");
    const indent = " ".repeat([...left].length);
    return [`${isAgain(equations, k) ? indent : left} = ${first}`, ...rest.map((line) => `${indent}   ${line}`)];
  });
}

/** The lines of an align* environment of LaTeX, which equations that were written as LaTeX are put into. */
export function alignedLines(equations: readonly WrittenEquation[]): string[] {
  const lines = equations.flatMap(({ left, right }, k) => {
    const [first, ...rest] = right.split("\n");
    return [`  ${isAgain(equations, k) ? "" : left} &= ${first}`, ...rest.map((line) => `  &\\quad ${line}`)];
  });
  const broken = lines.map((line, k) => (k < lines.length - 1 ? `${line} \\\\` : line));
  return ["\\begin{align*}", ...broken, "\\end{align*}"];
}

const isAgain = (equations: readonly WrittenEquation[], k: number) =>
  k > 0 && equations[k]!.left === equations[k - 1]!.left;
