/** Shards of a population on several processors: threads train them, each its share. Node only. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type ErrorCode, LonghandError } from "../errors.ts";
import type { Engine } from "../trained/index.ts";
import type { Answer, RunShard, TrainingConfig, TrainingEvent, TrainingState } from "../training/index.ts";

/** What a thread is given to train. */
export interface ShardOrder {
  readonly config: TrainingConfig;
  readonly engine: Engine;
  readonly options: { readonly state?: TrainingState; readonly firstReplica?: number };
}

/** What a thread says of a shard: its next event, or why there is none. */
export type ShardReply =
  | { readonly result: IteratorResult<TrainingEvent, void> }
  | { readonly error: { readonly code: string | undefined; readonly message: string } };

/** The thread's program stands beside this file once the project is built; run from source there is none. */
const program = new URL("./shard-worker.js", import.meta.url);

/**
 * How shards are trained here: shared out among as many threads as there are processors, or, where that can't be,
 * one after the other (undefined).
 */
export function shardRunner(engine: Engine): RunShard | undefined {
  const isBuilt = program.protocol === "file:" && existsSync(fileURLToPath(program));
  const count = availableParallelism();
  if (!isBuilt || count < 2) return undefined;
  const threads: Thread[] = [];
  let shards = 0;
  return (config, options) => {
    const shard = shards++;
    const thread = () => {
      threads[shard % count] ??= new Thread();
      return threads[shard % count]!;
    };
    return trainIn(thread, shard, { config, engine, options });
  };
}

async function* trainIn(
  threadFor: () => Thread,
  shard: number,
  order: ShardOrder,
): AsyncGenerator<TrainingEvent, void, Answer> {
  const thread = threadFor();
  thread.begin(shard, order);
  try {
    let answer: Answer;
    for (;;) {
      const reply = await thread.next(shard, answer);
      if ("error" in reply) {
        throw new LonghandError((reply.error.code ?? "runtime") as ErrorCode, reply.error.message);
      }
      if (reply.result.done) return;
      answer = yield reply.result.value;
    }
  } finally {
    await thread.end(shard);
  }
}

/** A thread with the shards that it trains. It starts with the first of them and ends with the last. */
class Thread {
  private readonly worker = new Worker(program);
  private readonly shards = new Set<number>();
  private readonly waiting = new Map<number, { resolve(reply: ShardReply): void; reject(error: unknown): void }>();
  private failure: unknown;

  constructor() {
    this.worker.on("message", ({ shard, message }: { shard: number; message: ShardReply }) => {
      this.waiting.get(shard)?.resolve(message);
      this.waiting.delete(shard);
    });
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", (code) =>
      this.fail(new LonghandError("runtime", `a training thread ended with status ${code}`)),
    );
  }

  begin(shard: number, order: ShardOrder): void {
    this.shards.add(shard);
    this.worker.postMessage({ shard, order });
  }

  next(shard: number, answer: Answer): Promise<ShardReply> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting.set(shard, { resolve, reject });
      this.worker.postMessage({ shard, answer });
    });
  }

  async end(shard: number): Promise<void> {
    this.shards.delete(shard);
    if (this.shards.size === 0) await this.worker.terminate();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.values()) reject(this.failure);
    this.waiting.clear();
  }
}
