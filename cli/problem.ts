/** A problem and its answer, as one would write them down. */
import type { Prediction } from "../src/index.ts";
import type { Output } from "./output.ts";
import { wrapped } from "./table.ts";
import { count } from "./words.ts";

/** Prints a problem, the network's answer and, where it differs, the exact one. */
export function printProblem(output: Output, prediction: Prediction): void {
  const { input, answer, exact, isRight, asked, wrong } = prediction;
  const operands = /^(\w+)(\W)(\w+)$/.exec(input);
  const width = output.width - 2;
  const lines = operands
    ? [
        ...aligned(operands[1]!, Math.max(operands[1]!.length, operands[3]!.length, answer.length), width, "    "),
        ...aligned(
          operands[3]!,
          Math.max(operands[1]!.length, operands[3]!.length, answer.length),
          width,
          `  ${operands[2]} `,
        ),
        ...aligned(answer, Math.max(operands[1]!.length, operands[3]!.length, answer.length), width, "  = "),
      ]
    : [...wrapped(input, width, "    "), ...wrapped(answer, width, "  = ")];
  for (const line of lines) output.print(line);
  output.print();
  if (isRight) output.print(`  ${output.style("green", "right")}`);
  else if (answer === exact) {
    output.print(`  ${output.style("red", "wrong")} on the way: at ${count(wrong)} of ${count(asked)} steps`);
  } else {
    output.print(`  ${output.style("red", "wrong")}: ${count(wrong)} of ${count(asked)} symbols. The exact answer:`);
    for (const line of wrapped(exact, width, "    ")) output.print(line);
  }
}

/** Digits that fit on one line stand under each other; longer numbers are broken into lines. */
function aligned(text: string, longest: number, width: number, first: string): string[] {
  return wrapped(longest + first.length <= width ? text.padStart(longest) : text, width, first);
}
