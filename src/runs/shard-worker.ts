/** The other end of `workers.ts`: a thread that trains one shard of a population, event by event. */
import { parentPort, workerData } from "node:worker_threads";
import type { Answer } from "../training/index.ts";
import { train } from "../training/index.ts";
import { sameEngine } from "./engine.ts";
import type { ShardOrder, ShardReply } from "./workers.ts";

const { config, engine, options } = workerData as ShardOrder;
const port = parentPort!;
const reply = (message: ShardReply) => port.postMessage(message);

const opened = sameEngine(engine).then(({ runtime }) => train(config, { runtime, ...options }));

port.on("message", async (answer: Answer) => {
  try {
    const result = await (await opened).next(answer);
    reply({ result: result.done ? { done: true, value: undefined } : result });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    reply({ error: { code, message } });
  }
});
