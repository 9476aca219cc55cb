/** The other end of `part-workers.ts`: a thread that computes gradients of parts. */
import { parentPort, workerData } from "node:worker_threads";
import { type PartsOrder, partRunner } from "../training/index.ts";
import { sameEngine } from "./engine.ts";
import type { PartReply, PartWorkerData } from "./part-workers.ts";

const port = parentPort!;
const { config, engine } = workerData as PartWorkerData;
const opened = sameEngine(engine).then(({ runtime }) => partRunner(config, runtime));
// An engine that can't be opened is told of when the first part is asked for.
opened.catch(() => undefined);

port.on("message", async (order: PartsOrder) => {
  const reply = (message: PartReply) => port.postMessage(message);
  try {
    reply({ results: await (await opened).run(order) });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    reply({ error: { code, message } });
  }
});
