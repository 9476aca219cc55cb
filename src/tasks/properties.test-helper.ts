/** The promises that every task makes, as tests: `taskProperties(task, …)` inside a test file. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LonghandError } from "../errors.ts";
import { randomSource } from "../random/index.ts";
import { drawBatch } from "./batch.ts";
import type { Task } from "./contract.ts";
import { runMachine } from "./machine.ts";

export interface PropertyOptions {
  /** The answer's text from the problem's text, by other means than the task's own. */
  readonly oracle: (problem: string) => string;
  /** Expected share of a symbol at a step of a problem of this length; default uniform over the channel's alphabet. */
  readonly share?: (step: number, symbol: number, length: number) => number;
  /** Whether to count a step's symbols over all channels together (where only that has a simple share). */
  readonly pooled?: boolean;
  /** Whether an answer depends only on the letters up to its step, so that there is a machine. Default true. */
  readonly aligned?: boolean;
}

const LENGTHS = [1, 2, 3, 5, 8, 9, 13, 40, 41, 101];

function stream(...path: (string | number)[]) {
  return randomSource(20_260_101).stream("task properties", ...path);
}

/** Drops trailing steps whose symbols are all 0: leading zeros, which a number's text doesn't keep. */
function withoutLeadingZeros(task: Task, input: Int32Array): number[] {
  const width = task.channels.length;
  let steps = input.length / width;
  while (steps > 0 && input.slice((steps - 1) * width, steps * width).every((symbol) => symbol === 0)) steps--;
  return Array.from(input.slice(0, steps * width));
}

export function taskProperties(task: Task, options: PropertyOptions): void {
  const { oracle, share, pooled = false, aligned = true } = options;
  const lengths = LENGTHS.filter((length) => task.validLength(length));
  const width = task.channels.length;
  const anyLength = fc.integer({ min: 1, max: 60 }).filter((length) => task.validLength(length));
  const anyProblem = fc
    .tuple(fc.nat(), anyLength)
    .map(([seed, length]) => task.sample(stream(task.name, seed), length));
  const numeric = /addition|subtraction|increment/.test(task.name);

  describe(`${task.name}: what every task promises`, () => {
    it("describes itself with frozen values", () => {
      expect(Object.isFrozen(task)).toBe(true);
      expect(task.summary).not.toBe("");
      expect(task.source).not.toBe("");
      for (const alphabet of [...task.channels, task.output]) expect(new Set(alphabet).size).toBe(alphabet.length);
      const [shortest, longest] = task.defaultTrainLengths;
      expect(task.validLength(shortest) && task.validLength(longest) && shortest <= longest).toBe(true);
      expect(task.format(task.parse(task.example))).toBe(task.example);
    });

    it("refuses impossible lengths and counts", () => {
      for (const length of [0, -1, 1.5, Number.NaN, Infinity]) {
        expect(task.validLength(length)).toBe(false);
        for (const call of [() => task.steps(length), () => task.sample(stream(), length)])
          expect(call).toThrow(
            expect.objectContaining({ code: "argument", message: expect.stringContaining(task.name) }),
          );
      }
      for (const count of [0, -2, 1.5, Number.NaN])
        expect(() => task.sample(stream(), lengths[0]!, count)).toThrow(LonghandError);
    });

    it("draws known symbols, one letter a step", () => {
      for (const length of lengths) {
        const input = task.sample(stream(length), length, 20);
        expect(input.length).toBe(20 * task.steps(length) * width);
        for (const [i, symbol] of input.entries()) {
          expect(symbol).toBeGreaterThanOrEqual(0);
          expect(symbol).toBeLessThan(task.channels[i % width]!.length);
        }
      }
    });

    it("draws the same from equal streams and something else from others", () => {
      const draw = (name: string) => Array.from(task.sample(stream(name), lengths.at(-1)!, 3));
      expect(draw("a")).toEqual(draw("a"));
      expect(draw("a")).not.toEqual(draw("b"));
    });

    it("draws every symbol as often as it should", () => {
      const length = lengths.find((one) => one >= 5)!;
      const count = 6000;
      const input = task.sample(stream("shares"), length, count);
      const steps = task.steps(length);
      for (let step = 0; step < length; step++)
        for (let channel = 0; channel < (pooled ? 1 : width); channel++) {
          const seen = new Map<number, number>();
          for (let problem = 0; problem < count; problem++)
            for (let c = pooled ? 0 : channel; c < (pooled ? width : channel + 1); c++) {
              const symbol = input[(problem * steps + step) * width + c]!;
              seen.set(symbol, (seen.get(symbol) ?? 0) + 1);
            }
          const draws = count * (pooled ? width : 1);
          const size = task.channels[channel]!.length;
          for (let symbol = 0; symbol < size; symbol++) {
            const expected = share ? share(step, symbol, length) : 1 / size;
            // Five standard deviations of a binomial count.
            const spread = 5 * Math.sqrt(expected * (1 - expected) * draws);
            expect(Math.abs((seen.get(symbol) ?? 0) - expected * draws)).toBeLessThanOrEqual(spread);
          }
        }
    });

    it("answers as the oracle does", () => {
      fc.assert(
        fc.property(anyProblem, (input) => {
          const answer = task.solve(input);
          expect(task.formatAnswer(answer, input)).toBe(oracle(task.format(input)));
          expect(answer.length * width).toBe(input.length);
          expect(answer.every((symbol) => symbol >= -1 && symbol < task.output.length)).toBe(true);
        }),
        { seed: 1, numRuns: 150 },
      );
    });

    if (!aligned) it("has no machine", () => expect(task.machine).toBeUndefined());
    else {
      it("has a machine that answers as `solve` does", () => {
        fc.assert(
          fc.property(anyProblem, (input) => {
            expect(Array.from(runMachine(task, input))).toEqual(Array.from(task.solve(input)));
          }),
          { seed: 2, numRuns: 150 },
        );
      });

      it("has a machine that agrees with `solve` on every short walk through its letters", () => {
        const machine = task.machine!;
        const walk = (state: number, input: number[], output: number[]) => {
          const steps = output.length;
          if (steps > 0 && task.validLength(steps))
            expect(Array.from(task.solve(Int32Array.from(input)))).toEqual(output);
          if (steps < 3 && machine.letters(state).length ** (steps + 1) <= 2000)
            for (const letter of machine.letters(state)) {
              const next = machine.next(state, letter);
              walk(next.state, [...input, ...letter], [...output, next.output]);
            }
        };
        walk(machine.initial, [], []);
      });

      it("has a machine whose states can all be reached and whose transitions stay inside", () => {
        const machine = task.machine!;
        const reached = new Set([machine.initial]);
        for (const state of reached)
          for (const letter of machine.letters(state)) {
            expect(letter.length).toBe(width);
            const next = machine.next(state, letter);
            expect(next.output).toBeGreaterThanOrEqual(-1);
            expect(next.output).toBeLessThan(task.output.length);
            reached.add(next.state);
          }
        expect([...reached].sort((a, b) => a - b)).toEqual(machine.states.map((_, state) => state));
        expect(new Set(machine.states).size).toBe(machine.states.length);
      });
    }

    it("reads what it writes", () => {
      fc.assert(
        fc.property(anyProblem, (input) => {
          const text = task.format(input);
          const again = task.parse(text);
          expect(task.format(again)).toBe(text);
          if (numeric) expect(withoutLeadingZeros(task, again)).toEqual(withoutLeadingZeros(task, input));
          else expect(Array.from(again)).toEqual(Array.from(input));
        }),
        { seed: 3, numRuns: 150 },
      );
    });

    if (task.structured)
      it("has special problems that are problems of the task", () => {
        for (const [name, sample] of Object.entries(task.structured!)) {
          for (const length of lengths) {
            const input = sample(stream(name, length), length, 9);
            expect(input.length, name).toBe(9 * task.steps(length) * width);
            expect(sample(stream(name, length), length, 9)).toEqual(input);
            for (let problem = 0; problem < 9; problem++) {
              const one = input.slice((problem * input.length) / 9, ((problem + 1) * input.length) / 9);
              expect(task.formatAnswer(task.solve(one), one), name).toBe(oracle(task.format(one)));
            }
          }
          expect(() => sample(stream(), 0)).toThrow(expect.objectContaining({ code: "argument" }));
          expect(() => sample(stream(), lengths[0]!, 0)).toThrow(expect.objectContaining({ code: "argument" }));
        }
      });

    it("draws batches whose targets are the exact answers, with and without the machine", () => {
      const { machine: _, ...rest } = task;
      for (const length of lengths) {
        const batch = drawBatch(task, stream(length), length, 7);
        expect(Array.from(batch.input)).toEqual(Array.from(task.sample(stream(length), length, 7)));
        const steps = task.steps(length);
        const answers = Array.from({ length: 7 }, (_, problem) =>
          Array.from(task.solve(batch.input.slice(problem * steps * width, (problem + 1) * steps * width))),
        );
        expect(Array.from(batch.target)).toEqual(answers.flat());
        expect(drawBatch(rest, stream(length), length, 7)).toEqual(batch);
      }
    });

    it("refuses inputs and answers that aren't its own", () => {
      const length = lengths[0]!;
      const input = task.sample(stream(), length);
      const bad = Int32Array.from(input, () => task.channels[0]!.length);
      const argument = expect.objectContaining({ code: "argument", message: expect.stringContaining(task.name) });
      expect(() => task.solve(bad)).toThrow(argument);
      expect(() => task.format(bad)).toThrow(argument);
      expect(() => task.solve(new Int32Array(0))).toThrow(argument);
      expect(() => task.formatAnswer(new Int32Array(task.steps(length) + 1), input)).toThrow(argument);
      expect(() => task.formatAnswer(task.solve(input).fill(task.output.length), input)).toThrow(argument);
    });
  });
}

/** Expects `parse` to refuse a text with code "input" and a message that holds each of these pieces. */
export function expectRefused(task: Task, text: string, ...pieces: string[]): void {
  let error: unknown;
  try {
    task.parse(text);
  } catch (thrown) {
    error = thrown;
  }
  expect(error, `${task.name}.parse(${JSON.stringify(text)})`).toBeInstanceOf(LonghandError);
  expect((error as LonghandError).code).toBe("input");
  for (const piece of [task.name, ...pieces]) expect((error as LonghandError).message).toContain(piece);
}

/** The answer's text to a problem's text, all through the task. */
export function answer(task: Task, text: string): string {
  const input = task.parse(text);
  return task.formatAnswer(task.solve(input), input);
}
