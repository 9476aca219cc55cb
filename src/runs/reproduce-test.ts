/** Tests of a figure's trained networks by length, in parts that are done once. Node only. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { evaluator, mistakesProgram } from "../evaluation/index.ts";
import { nodeFileSystem } from "../files/file-system.ts";
import { openMetrics, readMetrics } from "../files/metrics-file.ts";
import { openRun } from "../files/run-folder.ts";
import { engineFor } from "./engine.ts";
import type { FigureTest } from "./reproduce-config.ts";
import type { FigureRun } from "./reproduce-run.ts";
import { openTrained } from "./trained.ts";

/** What a network made of problems of a length. */
export interface TestPoint {
  readonly length: number;
  readonly samples: number;
  /** Answers that aren't all right. */
  readonly wrong: number;
  /** Part of the answers' symbols that are right. */
  readonly symbol: number;
}

/** Problems of a part: what is lost, at most, when a test is interrupted. A part has a seed of its own. */
const PART = 16;

interface Part {
  readonly length: number;
  readonly samples: number;
  readonly seed: number;
}

function partsOf({ seed, lengths }: FigureTest): Part[] {
  return lengths.flatMap(({ length, samples }) =>
    Array.from({ length: Math.ceil(samples / PART) }, (_, k) => ({
      length,
      samples: Math.min(PART, samples - k * PART),
      seed: seed + k,
    })),
  );
}

const lineSchema = z.object({
  /** Of the training. */
  step: z.int(),
  length: z.int(),
  samples: z.int(),
  seed: z.int(),
  wrong: z.int(),
  symbols: z.int(),
  rightSymbols: z.int(),
});

/** Lines of tests.jsonl by part. */
async function donePartsOf(folder: string): Promise<Map<string, z.output<typeof lineSchema>>> {
  const records = await readMetrics(nodeFileSystem, testsPath(folder));
  return new Map(records.map((record) => lineSchema.parse(record)).map((line) => [keyOf(line), line]));
}

function keyOf({ length, samples, seed }: Part): string {
  return `${length} ${samples} ${seed}`;
}

function testsPath(folder: string): string {
  return join(folder, "tests.jsonl");
}

/**
 * Tests an ended run on what it wasn't tested on yet, on problems held out of training.
 * @yields after each part: its length and how many of its problems are done.
 */
export async function* testFigureRun(
  { folder }: FigureRun,
  test: FigureTest,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly length: number; readonly done: number; readonly samples: number }> {
  const parts = partsOf(test);
  const before = await donePartsOf(folder);
  const missing = parts.filter((part) => !before.has(keyOf(part)));
  if (missing.length === 0) return;
  await using _locked = await openRun(folder);
  const log = await openMetrics(nodeFileSystem, testsPath(folder));
  const { task, model, config, parameters, step } = await openTrained(folder);
  const longest = task.steps(Math.max(...missing.map(({ length }) => length)));
  const { runtime } = await engineFor(mistakesProgram(model, 1), PART, longest, config.runtime);
  await using prepared = await evaluator(model, task, runtime);
  for (const part of missing) {
    if (signal?.aborted) return;
    const { length, samples, seed } = part;
    for await (const [found] of prepared.evaluate(parameters, { lengths: [length], samples, seed, side: "test" })) {
      const { exact, symbol } = found!;
      const counts = { wrong: samples - exact.successes, symbols: symbol.trials, rightSymbols: symbol.successes };
      log.append({ step, ...part, ...counts });
      await log.flush();
    }
    const rest = missing.slice(missing.indexOf(part) + 1).filter((other) => other.length === length);
    const asked = parts.filter((other) => other.length === length).reduce((sum, other) => sum + other.samples, 0);
    yield { length, done: asked - rest.reduce((sum, other) => sum + other.samples, 0), samples: asked };
  }
}

/** What a run's tests showed, of the lengths that are done. */
export async function testsOf({ folder }: FigureRun, test: FigureTest): Promise<TestPoint[]> {
  if (!existsSync(testsPath(folder))) return [];
  const done = await donePartsOf(folder);
  return test.lengths.flatMap(({ length, samples }): TestPoint[] => {
    const lines = partsOf({ ...test, lengths: [{ length, samples }] }).map((part) => done.get(keyOf(part)));
    const found = lines.filter((line) => line !== undefined);
    if (found.length < lines.length) return [];
    const sum = (of: (line: (typeof found)[number]) => number) => found.reduce((total, line) => total + of(line), 0);
    const symbol = sum((line) => line.rightSymbols) / sum((line) => line.symbols);
    return [{ length, samples, wrong: sum((line) => line.wrong), symbol }];
  });
}
