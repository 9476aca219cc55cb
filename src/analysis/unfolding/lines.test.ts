import { expect, test } from "vitest";
import { alignedLines, equationLines } from "./lines.ts";

const equations = [
  { left: "ŷ_2", right: "g[a\n+ b]" },
  { left: "ŷ_2", right: "g[c]" },
  { left: "h", right: "d" },
];

test("lines of text: later lines of a side and sides that come again are set in", () => {
  expect(equationLines(equations)).toEqual(["ŷ_2 = g[a", "      + b]", "    = g[c]", "h = d"]);
});

test("lines of LaTeX: one sign of alignment each, and a break after each but the last", () => {
  expect(alignedLines(equations)).toEqual([
    "\\begin{align*}",
    "  ŷ_2 &= g[a \\\\",
    "  &\\quad + b] \\\\",
    "   &= g[c] \\\\",
    "  h &= d",
    "\\end{align*}",
  ]);
});
