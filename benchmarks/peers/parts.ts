/** A case whose gradient is computed in parts, as the trainer does it: on as many threads as are given, and one update. */
import { readFileSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import type { NDArray } from "../../src/graph/index.ts";
import { threadedRunner } from "../../src/runs/part-threads.ts";
import { servePartThread } from "../../src/runs/serve-parts.ts";
import { open } from "../../src/runtime/open.ts";
import { partRunner, partsStepper } from "../../src/training/index.ts";
import type { CaseFile } from "../contract.ts";
import { dngpuParts } from "./dngpu-parts.ts";
import { type CaseParts, layerParts } from "./steps.ts";

/** Trains step by step. */
export interface Trainer extends AsyncDisposable {
  readonly file: CaseFile;
  /** @returns the loss of step t, from 0. */
  run(t: number): Promise<number>;
  parameters(): Record<string, Float32Array>;
}

interface Data {
  readonly pathOfParts: string;
  readonly runtimeName: string;
}

function partsIn(file: CaseFile): CaseParts | undefined {
  return file.case === "dngpu-step" ? dngpuParts(file) : layerParts(file);
}

/** The trainer of a case, or undefined where its steps aren't cut. */
export async function partsTrainer(path: string, threads: number, runtimeName: string): Promise<Trainer | undefined> {
  const file = JSON.parse(readFileSync(path, "utf8")) as CaseFile;
  const parts = partsIn(file);
  if (!parts) return undefined;
  const { runtime } = await open(runtimeName, { threads: 1 });
  const size = parts.parameters.length;
  const workerData: Data = { pathOfParts: path, runtimeName };
  const workers = Array.from({ length: threads - 1 }, () => new Worker(new URL(import.meta.url), { workerData }));
  const runner = threadedRunner(partRunner(parts.source, runtime), workers);
  const stepper = partsStepper({ parts: runner, runtime, config: parts.config, size });
  const array = (data: Float32Array): NDArray => ({ dtype: "float", shape: [size], data });
  const slots = () =>
    stepper.optimizer.slots.map((name) => [name, array(new Float32Array(size).fill(parts.slots?.[name] ?? 0))]);
  let current: Record<string, NDArray> = {
    parameters: array(parts.parameters.slice()),
    ...Object.fromEntries(slots()),
  };
  let next: Record<string, NDArray> = { parameters: array(new Float32Array(size)), ...Object.fromEntries(slots()) };
  return {
    file,
    async run(t) {
      const { results } = await stepper.take(parts.step(t), current, next);
      [current, next] = [next, current];
      return results.reduce((sum, result) => sum + parts.loss(result), 0);
    },
    parameters: () => parts.named(current.parameters!.data as Float32Array),
    async [Symbol.asyncDispose]() {
      await runner[Symbol.asyncDispose]();
      await stepper[Symbol.asyncDispose]();
    },
  };
}

/** In a thread: computes parts of the case. */
async function serve({ pathOfParts, runtimeName }: Data) {
  const { source } = partsIn(JSON.parse(readFileSync(pathOfParts, "utf8")) as CaseFile)!;
  const { runtime } = await open(runtimeName, { threads: 1 });
  return partRunner(source, runtime);
}

if (!isMainThread && (workerData as Partial<Data> | undefined)?.pathOfParts) servePartThread(serve(workerData as Data));
