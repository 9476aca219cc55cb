/** Starting and stopping jobs, from the page. */
import { engine } from "../app/engine.svelte.ts";
import type { Job, JobMessage, JobRequest } from "./contract.ts";
import type { JobName, JobOf } from "./jobs.ts";

type InputOf<Name extends JobName> = JobOf<Name> extends Job<infer Input, infer _P, infer _R> ? Input : never;
type ProgressOf<Name extends JobName> = JobOf<Name> extends Job<infer _I, infer Progress, infer _R> ? Progress : never;
type ResultOf<Name extends JobName> = JobOf<Name> extends Job<infer _I, infer _P, infer Result> ? Result : never;

export type { InputOf, ProgressOf, ResultOf };

export interface Started<Result> {
  /** @throws JobError where the job fails; it never settles where it is stopped. */
  readonly result: Promise<Result>;
  /** Ends it at once. */
  readonly stop: () => void;
}

/** A job's error, with the library's code where it has one. */
export class JobError extends Error {
  readonly code: string | null;
  constructor(message: string, code: string | null) {
    super(message);
    this.name = "JobError";
    this.code = code;
  }
}

/** Workers that have done a job and may do the next one. */
const idle: Worker[] = [];
const kept = 2;

/** Starts a job in a worker of its own. */
export function start<Name extends JobName>(
  job: Name,
  input: InputOf<Name>,
  progress: (update: ProgressOf<Name>) => void = () => {},
): Started<ResultOf<Name>> {
  const worker = idle.pop() ?? new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  let isOver = false;
  const result = new Promise<ResultOf<Name>>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<JobMessage>) => {
      if (isOver) return;
      if (data.type === "progress") {
        progress(data.update as ProgressOf<Name>);
        return;
      }
      isOver = true;
      if (idle.length < kept) idle.push(worker);
      else worker.terminate();
      if (data.type === "result") resolve(data.result as ResultOf<Name>);
      else reject(new JobError(data.message, data.code));
    };
    const fail = (message: string) => {
      if (isOver) return;
      isOver = true;
      worker.terminate();
      reject(new JobError(message, null));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message || "the worker can't be loaded");
    };
    worker.onmessageerror = () => fail("what the worker sent can't be read");
    const request: JobRequest = {
      job,
      // Without the page's own bookkeeping, which can't be sent.
      input: $state.snapshot(input),
      engine: { name: engine.name, threads: engine.threads },
    };
    worker.postMessage(request);
  });
  return {
    result,
    stop() {
      if (isOver) return;
      isOver = true;
      worker.terminate();
    },
  };
}
