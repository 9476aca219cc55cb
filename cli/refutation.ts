/** An input on which a network errs, as text and for programs. */
import type { Refutation, Task } from "../src/index.ts";
import type { Output } from "./output.ts";
import { count, shortened } from "./words.ts";

/** Prints the problem, the network's answer, the exact one, and how it was found. */
export function printRefutation(output: Output, task: Task, refutation: Refutation): void {
  const { input, answer, exact, step, found, isShortest } = refutation;
  output.print(`      ${shortened(task.format(input))}`);
  output.print(`    = ${shortened(task.formatAnswer(answer, input))}`);
  output.print(`exact ${shortened(task.formatAnswer(exact, input))}`);
  output.print();
  output.print(
    `  first wrong at step ${count(step + 1)} of ${count(exact.length)}; found by ${found}${isShortest ? "; no shorter input fails" : ""}`,
  );
}

/** What --json says of it. */
export function describeRefutation(task: Task, refutation: Refutation) {
  const { input, answer, exact, step, found, isShortest } = refutation;
  return {
    input: task.format(input),
    answer: task.formatAnswer(answer, input),
    exact: task.formatAnswer(exact, input),
    steps: exact.length,
    step,
    found,
    isShortest,
  };
}
