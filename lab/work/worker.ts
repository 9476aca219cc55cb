/** The worker: does one job after the other. */
import { LARGE, LonghandError, openRuntime, operationsOf } from "longhand";
import type { Job, JobMessage, JobRequest } from "./contract.ts";
import { type JobName, jobs } from "./jobs.ts";

// Some browsers have no symbol yet for what is closed at the end of its block.
(Symbol as { asyncDispose?: symbol }).asyncDispose ??= Symbol.for("Symbol.asyncDispose");
(Symbol as { dispose?: symbol }).dispose ??= Symbol.for("Symbol.dispose");

const send = (message: JobMessage) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<JobRequest>) => {
  const { job: name, input, engine } = data;
  try {
    const { job } = await jobs[name as JobName]();
    const result = await (job as Job<unknown, unknown, unknown>)(input, {
      progress: (update) => send({ type: "progress", update }),
      open: async (program, sizes) => {
        const operations = operationsOf(program, new Map(Object.entries(sizes)));
        const threads = operations < LARGE ? 1 : engine.threads;
        return (await openRuntime(engine.name, { operations, threads })).runtime;
      },
    });
    send({ type: "result", result });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send({ type: "error", message, code: error instanceof LonghandError ? error.code : null });
  }
});
