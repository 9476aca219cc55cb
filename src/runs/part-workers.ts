/** Parts of a step on several processors: threads compute their gradients, each on a processor of its own. Node only. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { LonghandError } from "../errors.ts";
import type { Engine } from "../trained/index.ts";
import type { PartResult, PartRunner, PartsOrder, TrainingConfig } from "../training/index.ts";

/** What a thread is given when it starts. */
export interface PartWorkerData {
  readonly config: TrainingConfig;
  readonly engine: Engine;
}

/** What a thread answers: results, or what went wrong. */
export type PartReply =
  | { readonly results: readonly PartResult[] }
  | { readonly error: { readonly code: string | undefined; readonly message: string } };

export interface PartWorkersOptions {
  /** Number of threads. Default: as many as there are processors. */
  readonly threads?: number;
  /** The threads' program. Default: the one that stands beside this file once the project is built; from source there is none. */
  readonly program?: URL;
}

const built = new URL("./part-worker.js", import.meta.url);

/**
 * A runner of parts on as many threads as there are processors, each with an engine of one thread; undefined where that
 * can't be. A part goes to the thread that is free first: the results don't depend on which one it was.
 */
export function partWorkers(
  config: TrainingConfig,
  engine: Engine,
  { threads: count = availableParallelism(), program = built }: PartWorkersOptions = {},
): PartRunner | undefined {
  const isBuilt = program.protocol === "file:" && existsSync(fileURLToPath(program));
  if (!isBuilt || count < 2) return undefined;
  const workerData: PartWorkerData = { config, engine: { ...engine, threads: 1 } };
  const threads = Array.from({ length: count }, () => new Thread(new Worker(program, { workerData })));
  return {
    async run(order) {
      const results = new Array<PartResult>(order.parts.length);
      let next = 0;
      const work = async (thread: Thread) => {
        for (let k = next++; k < order.parts.length; k = next++) {
          [results[k]] = (await thread.run({ ...order, parts: [order.parts[k]!] })) as [PartResult];
        }
      };
      await Promise.all(threads.map(work));
      return results;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

/** A thread that computes one order after the other. */
class Thread {
  private waiting: { resolve(results: readonly PartResult[]): void; reject(error: unknown): void } | undefined;
  private failure: unknown;
  private readonly worker: Worker;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.on("message", (reply: PartReply) => {
      const { waiting } = this;
      this.waiting = undefined;
      if ("results" in reply) waiting?.resolve(reply.results);
      else waiting?.reject(new LonghandError((reply.error.code ?? "runtime") as "runtime", reply.error.message));
    });
    worker.on("error", (error) =>
      this.fail(new LonghandError("runtime", `a training thread failed: ${messageOf(error)}`, { cause: error })),
    );
    worker.on("exit", (code) => this.fail(new LonghandError("runtime", `a training thread ended with status ${code}`)));
  }

  run(order: PartsOrder): Promise<readonly PartResult[]> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting = { resolve, reject };
      this.worker.postMessage(order);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
