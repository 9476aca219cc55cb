import { LonghandError } from "../errors.ts";
import type { Batch } from "./batch.ts";
import { wholeNumber } from "./check.ts";

/**
 * Problems of different lengths as one batch [count][length], each followed by −1 in input and target to the batch's length.
 * For tasks of one channel.
 *
 * @param answers the answer to each problem, as long as it.
 * @param length ≥ the longest problem.
 * @throws LonghandError "argument" for numbers and lengths that don't fit each other.
 */
export function padBatch(problems: readonly Int32Array[], answers: readonly Int32Array[], length: number): Batch {
  wholeNumber("padBatch", "length", length, 1);
  if (answers.length !== problems.length)
    throw new LonghandError(
      "argument",
      `padBatch: ${answers.length} answers; expected ${problems.length}, one a problem`,
    );
  const input = new Int32Array(problems.length * length).fill(-1);
  const target = new Int32Array(input.length).fill(-1);
  for (const [row, problem] of problems.entries()) {
    const answer = answers[row]!;
    if (problem.length > length)
      throw new LonghandError(
        "argument",
        `padBatch: problem ${row} has ${problem.length} symbols; expected ≤ ${length}`,
      );
    if (answer.length !== problem.length)
      throw new LonghandError(
        "argument",
        `padBatch: answer ${row} has ${answer.length} symbols; expected ${problem.length}, as many as its problem`,
      );
    input.set(problem, row * length);
    target.set(answer, row * length);
  }
  return { input, target };
}
