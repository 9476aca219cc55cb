/** The other end of `workers.ts`: a thread that trains some shards of a population, event by event. */
import { parentPort } from "node:worker_threads";
import { type Answer, type TrainingEvent, train } from "../training/index.ts";
import { sameEngine } from "./engine.ts";
import type { ShardOrder, ShardReply } from "./workers.ts";

const port = parentPort!;
const shards = new Map<number, Promise<AsyncGenerator<TrainingEvent, void, Answer>>>();

/** A message begins a shard (`order`) or asks for its next event (`answer`, which it is told). */
port.on("message", async ({ shard, order, answer }: { shard: number; order?: ShardOrder; answer?: Answer }) => {
  const reply = (message: ShardReply) => port.postMessage({ shard, message });
  if (order) {
    const { config, engine, options } = order;
    const begun = sameEngine(engine).then(({ runtime }) => train(config, { runtime, ...options }));
    // An engine that can't be opened is told of when the first event is asked for.
    begun.catch(() => undefined);
    shards.set(shard, begun);
    return;
  }
  try {
    const result = await (await shards.get(shard)!).next(answer);
    if (result.done) shards.delete(shard);
    reply({ result: result.done ? { done: true, value: undefined } : result });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    reply({ error: { code, message } });
  }
});
