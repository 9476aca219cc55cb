/** Training sets for systems: numbers as people write them, and few problems that show all that a task's machine does. */
import { type Rational, rationals } from "../algebra/index.ts";
import { LonghandError } from "../errors.ts";
import { randomSource } from "../random/index.ts";
import type { Task } from "../tasks/index.ts";
import type { Example } from "./polynomial-system.ts";

/** Known training sets, as `readExamples` reads them. */
export const namedExamples: Readonly<Record<string, string>> = Object.freeze({
  /** Exclusive or: no linear network computes it. */
  xor: "0 0 = 0; 0 1 = 1; 1 0 = 1; 1 1 = 0",
  /** Two digits and a carry in; their sum's digit and the carry out. Table 1 of papers/000, all of it. */
  "full-adder":
    "0 0 0 = 0 0; 0 1 0 = 1 0; 1 0 0 = 1 0; 1 1 0 = 0 1; 0 0 1 = 1 0; 0 1 1 = 0 1; 1 0 1 = 0 1; 1 1 1 = 1 1",
  /** What follows a single 1 are Fibonacci's numbers: a linear recurrence of order 2. */
  fibonacci: "1, 0, 0, 0, 0, 0, 0 = 1, 1, 2, 3, 5, 8, 13",
});

/**
 * Reads examples: "0 1 = 1; 1 1 = 0". ";" or a new line ends an example, "=" comes between inputs and targets, "," between
 * time steps, and a space between the numbers of a step. Numbers are whole, 1/2 or 0.5; a target "?" isn't asked for.
 * @throws LonghandError `input` naming the example, what came and what was expected.
 */
export function readExamples(text: string): Example[] {
  const parts = text.split(/[;\n]/).filter((part) => part.trim() !== "");
  const fail = (example: string, received: string, expected: string) =>
    new LonghandError(
      "input",
      `example "${example.trim()}": received ${received}, expected ${expected}, as in "0 1 = 1; 1 1 = 0"`,
    );
  if (parts.length === 0) throw fail(text, "no example", "inputs = targets");
  return parts.map((part) => {
    const sides = part.split("=");
    if (sides.length !== 2) throw fail(part, `${sides.length - 1} equals signs`, "one between inputs and targets");
    const [inputs, targets] = sides.map((side) =>
      side.split(",").map((step) =>
        step
          .trim()
          .split(/\s+/)
          .map((number) => (number === "?" ? undefined : read(number, part))),
      ),
    );
    if (inputs!.length !== targets!.length) {
      throw fail(part, `${inputs!.length} steps of inputs and ${targets!.length} of targets`, "as many of both");
    }
    const isKnown = (row: readonly (Rational | undefined)[]): row is Rational[] => !row.includes(undefined);
    if (!inputs!.every(isKnown)) throw fail(part, '"?" among the inputs', "a number");
    return { inputs: inputs!.filter(isKnown), targets: targets! };
  });

  function read(number: string, part: string): Rational {
    try {
      return rationals.parse(number);
    } catch {
      throw fail(part, number === "" ? "nothing" : `"${number}"`, "a number such as 2, -3/4 or 0.25");
    }
  }
}

/** How many problems of a length are looked through. */
const DRAWN = 256;
const LONGEST = 8;

/**
 * Few short problems on which the task's machine makes each of its transitions, those that problems of lengths up to 8 reach; always
 * the same.
 * @throws LonghandError `argument` for tasks without a finite machine.
 */
export function coveringProblems(task: Task): Int32Array[] {
  const { machine } = task;
  if (!machine) {
    throw new LonghandError(
      "argument",
      `${task.name}: no finite machine answers this task, expected problems to be given`,
    );
  }
  const missing = new Set(
    machine.states.flatMap((_, state) => machine.letters(state).map((letter) => `${state}:${letter}`)),
  );
  const chosen: Int32Array[] = [];
  const width = task.channels.length;
  const stream = randomSource(0).stream("covering problems");
  for (let length = 1; length <= LONGEST && missing.size > 0; length++) {
    if (!task.validLength(length)) continue;
    const size = task.steps(length) * width;
    const drawn = task.sample(stream, length, DRAWN);
    const problems = Array.from({ length: DRAWN }, (_, k) => drawn.slice(k * size, (k + 1) * size));
    for (;;) {
      const gains = problems.map((problem) => transitionsOf(problem).filter((transition) => missing.has(transition)));
      const most = Math.max(...gains.map((gained) => new Set(gained).size));
      if (most === 0) break;
      const best = gains.findIndex((gained) => new Set(gained).size === most);
      chosen.push(problems[best]!);
      for (const transition of gains[best]!) missing.delete(transition);
    }
  }
  return chosen;

  function transitionsOf(problem: Int32Array): string[] {
    let state = machine!.initial;
    return Array.from({ length: problem.length / width }, (_, t) => {
      const letter = Array.from(problem.subarray(t * width, (t + 1) * width));
      const transition = `${state}:${letter}`;
      state = machine!.next(state, letter).state;
      return transition;
    });
  }
}
