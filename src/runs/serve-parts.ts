/** The other end of `part-threads.ts`: what a thread that computes parts does. Node only. */
import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import type { PartResult, PartRunner } from "../training/index.ts";
import { computePart, type PartMemory, type ThreadOrder, type ThreadReply, takeParts } from "./part-threads.ts";

/** Computes parts of whatever is ordered. @param opened the runner of this thread. */
export function servePartThread(opened: Promise<PartRunner>): void {
  const port = parentPort!;
  // What can't be opened is told of when the first part is asked for.
  opened.catch(() => undefined);
  let shared: PartMemory;
  /** Most engines don't read memory that threads share. */
  let parameters: Float32Array | Float64Array | undefined;
  const answer = async ({ memory = shared, ...order }: ThreadOrder): Promise<ThreadReply> => {
    shared = memory;
    const runner = await opened;
    if (!runner.sharesMemory) {
      parameters ??= shared.parameters.slice();
      parameters.set(shared.parameters);
    }
    const own = parameters ?? shared.parameters;
    const results: [number, Omit<PartResult, "gradient">][] = [];
    await takeParts(shared, order.parts.length, async (k) => {
      results.push([k, await computePart(runner, { ...order, parameters: own }, k, shared)]);
    });
    return { results };
  };
  /** The next order. Asleep, a thread is woken in less time than its event loop would take; it has nothing else to do. */
  const nextOrder = (): ThreadOrder => {
    for (;;) {
      const seen = Atomics.load(shared.orders, 0);
      const received = receiveMessageOnPort(port) as { readonly message: ThreadOrder } | undefined;
      if (received) return received.message;
      Atomics.wait(shared.orders, 0, seen);
    }
  };
  port.once("message", async (first: ThreadOrder) => {
    for (let order = first; ; order = nextOrder()) {
      const reply = await answer(order).catch((error: { code?: string; message: string }): ThreadReply => {
        return { error: { code: error.code, message: error.message } };
      });
      port.postMessage(reply);
    }
  });
}
