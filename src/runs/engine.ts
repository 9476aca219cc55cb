/** Which runtime a training or an evaluation uses, decided once and written down. Node only. */
import { availableParallelism } from "node:os";
import type { Program } from "../graph/index.ts";
import type { Runtime } from "../runtime/contract.ts";
import { LARGE, open } from "../runtime/open.ts";
import { operationsOf } from "../runtime/operations.ts";
import type { Engine } from "../trained/index.ts";

/** A runtime with what is needed to open the same one again. */
export interface OpenedEngine {
  readonly runtime: Runtime;
  readonly engine: Engine;
  readonly reason: string;
}

/**
 * Opens the runtime that fits a program, or the one asked for.
 * @param batch problems of one run. @param time their steps. @param given number of threads. Default: what fits.
 * @throws LonghandError `unknown-name`, `runtime`.
 */
export async function engineFor(
  program: Program,
  batch: number,
  time: number,
  name = "auto",
  given?: number,
): Promise<OpenedEngine> {
  const bindings = new Map<string, number>([
    ["batch", batch],
    ["time", time],
  ]);
  const operations = operationsOf(program, bindings);
  const threads = given ?? (operations >= LARGE ? availableParallelism() : 1);
  const { runtime, reason } = await open(name, { operations, threads });
  const used = runtime.name === "reference" ? 1 : threads;
  return { runtime, reason, engine: { name: runtime.name, precision: runtime.precision, threads: used } };
}

/**
 * Opens the runtime that a run was trained with.
 * @throws LonghandError `runtime` when it isn't there.
 */
export async function sameEngine(engine: Engine): Promise<OpenedEngine> {
  const { runtime, reason } = await open(engine.name, { threads: engine.threads });
  return { runtime, engine, reason };
}
