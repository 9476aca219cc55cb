/** Shards of a population on several processors: each is trained by a thread of its own. Node only. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type ErrorCode, LonghandError } from "../errors.ts";
import type { Answer, RunShard, TrainingConfig, TrainingEvent, TrainingState } from "../training/index.ts";
import type { Engine } from "./described.ts";

/** What a thread is given. */
export interface ShardOrder {
  readonly config: TrainingConfig;
  readonly engine: Engine;
  readonly options: { readonly state?: TrainingState; readonly firstReplica?: number };
}

/** What a thread says: the next event, or why there is none. */
export type ShardReply =
  | { readonly result: IteratorResult<TrainingEvent, void> }
  | { readonly error: { readonly code: string | undefined; readonly message: string } };

/** The thread's program stands beside this file once the project is built; run from source there is none. */
const program = new URL("./shard-worker.js", import.meta.url);

/** How shards are trained here: in threads where that can be, otherwise one after the other (undefined). */
export function shardRunner(engine: Engine): RunShard | undefined {
  const isBuilt = program.protocol === "file:" && existsSync(fileURLToPath(program));
  return isBuilt && availableParallelism() > 1
    ? (config, options) => shardInThread({ config, engine, options })
    : undefined;
}

async function* shardInThread(order: ShardOrder): AsyncGenerator<TrainingEvent, void, Answer> {
  const worker = new Worker(program, { workerData: order });
  try {
    let answer: Answer;
    for (;;) {
      worker.postMessage(answer);
      const reply = await nextReply(worker);
      if ("error" in reply) {
        throw new LonghandError((reply.error.code ?? "runtime") as ErrorCode, reply.error.message);
      }
      if (reply.result.done) return;
      answer = yield reply.result.value;
    }
  } finally {
    await worker.terminate();
  }
}

function nextReply(worker: Worker): Promise<ShardReply> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      action();
    };
    const onMessage = (reply: ShardReply) => settle(() => resolve(reply));
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = (code: number) =>
      settle(() => reject(new LonghandError("runtime", `a training thread ended with status ${code}`)));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
  });
}
