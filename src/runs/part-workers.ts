/** The parts of a training's steps on as many threads as there are processors. Node only. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Engine } from "../trained/index.ts";
import { type PartRunner, partRunner, partsOf, type TrainingConfig } from "../training/index.ts";
import { sameEngine } from "./engine.ts";
import { threadedRunner } from "./part-threads.ts";

/** What a thread is given when it starts. */
export interface PartWorkerData {
  readonly config: TrainingConfig;
  readonly engine: Engine;
}

export interface PartWorkersOptions {
  /** Number of threads, this one included. Default: as many as there are processors. */
  readonly threads?: number;
  /** The threads' program. Default: the one that stands beside this file once the project is built; from source there is none. */
  readonly program?: URL;
}

const built = new URL("./part-worker.js", import.meta.url);

/**
 * A runner of parts on as many threads as there are processors, this one included, each with an engine of one thread; on this one
 * alone where no program is built. A part goes to the thread that is free first: the results don't depend on which one it was.
 */
export async function partWorkers(
  config: TrainingConfig,
  engine: Engine,
  { threads = availableParallelism(), program = built }: PartWorkersOptions = {},
): Promise<PartRunner> {
  const single = { ...engine, threads: 1 };
  const { runtime } = await sameEngine(single);
  const here = partRunner(partsOf(config), runtime);
  const isBuilt = program.protocol === "file:" && existsSync(fileURLToPath(program));
  if (!isBuilt || threads < 2) return here;
  const workerData: PartWorkerData = { config, engine: single };
  const workers = Array.from({ length: threads - 1 }, () => new Worker(program, { workerData }));
  return threadedRunner(here, workers);
}
