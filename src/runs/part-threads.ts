/**
 * Parts of a step on several threads. Parameters and gradients lie in memory that all of them share, and so does the number of
 * the part that is next: the thread that is free takes it. This thread computes parts as well. Node only.
 */
import { setTimeout } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { LonghandError } from "../errors.ts";
import type { PartResult, PartRunner, PartsOrder } from "../training/index.ts";

type Floats = Float32Array | Float64Array;

/** What all threads share. */
export interface PartMemory {
  /** How many orders there were. A thread that knows this memory sleeps until there is another. */
  readonly orders: Int32Array;
  /** The part that is taken next. */
  readonly next: Int32Array;
  /** [size]. */
  readonly parameters: Floats;
  /** [size] of each part. */
  readonly gradients: readonly Floats[];
}

/** What a thread is told. */
export interface ThreadOrder extends Omit<PartsOrder, "parameters"> {
  /** Where it is another than before. */
  readonly memory: PartMemory | undefined;
}

/** What a thread answers: of each part that it took its place and what it came to, or what went wrong. */
export type ThreadReply =
  | { readonly results: readonly (readonly [place: number, result: Omit<PartResult, "gradient">])[] }
  | { readonly error: { readonly code: string | undefined; readonly message: string } };

/** Takes parts until none of so many is left. @param compute computes one. */
export async function takeParts(
  { next }: PartMemory,
  count: number,
  compute: (place: number) => Promise<void>,
): Promise<void> {
  for (let k = Atomics.add(next, 0, 1); k < count; k = Atomics.add(next, 0, 1)) await compute(k);
}

/** Computes a part of an order; its gradient goes to the memory that is shared. */
export async function computePart(
  runner: PartRunner,
  order: PartsOrder,
  place: number,
  { gradients }: PartMemory,
): Promise<Omit<PartResult, "gradient">> {
  const into = gradients[place]!;
  const made = await runner.run({ ...order, parts: [order.parts[place]!], into: [into] });
  const [{ gradient, ...result }] = made as [PartResult];
  if (gradient !== into) into.set(gradient);
  return result;
}

/**
 * A runner of parts in this thread and in others. The results don't depend on which of them it was.
 * @param here computes parts in this thread. @param workers run programs that call `servePartThread`. Both end with the runner.
 */
export function threadedRunner(here: PartRunner, workers: readonly Worker[]): PartRunner {
  const threads = workers.map((worker) => new Thread(worker));
  let shared: PartMemory | undefined;
  let failure: unknown;
  const run = async ({ parameters, ...rest }: PartsOrder): Promise<readonly PartResult[]> => {
    const count = rest.parts.length;
    if (!shared || shared.gradients.length < count) shared = memoryFor(parameters, count);
    const memory = shared;
    memory.parameters.set(parameters);
    Atomics.store(memory.next, 0, 0);
    const results = new Array<PartResult>(count);
    // The others first: this thread hears nothing while its engine works.
    const others = threads.slice(0, count - 1).map(async (thread) => {
      for (const [k, result] of await thread.run(rest, memory))
        results[k] = { ...result, gradient: memory.gradients[k]! };
    });
    const own = takeParts(memory, count, async (k) => {
      const result = await computePart(here, { ...rest, parameters }, k, memory);
      results[k] = { ...result, gradient: memory.gradients[k]! };
    });
    await Promise.all([own, ...others]);
    return results;
  };
  return {
    async run(order) {
      // A thread may still be at work on the order that failed.
      if (failure !== undefined) throw failure;
      try {
        return await run(order);
      } catch (error) {
        failure = error;
        // The others finish what they are at and take no more.
        if (shared) Atomics.store(shared.next, 0, order.parts.length);
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      failure ??= new LonghandError("runtime", "the threads of this training have ended");
      await Promise.all(threads.map((thread) => thread.end()));
      await here[Symbol.asyncDispose]();
    },
  };
}

/** Memory for so many parts. */
function memoryFor(parameters: Floats, parts: number): PartMemory {
  const floats = (): Floats => {
    const buffer = new SharedArrayBuffer(parameters.byteLength);
    return parameters instanceof Float64Array ? new Float64Array(buffer) : new Float32Array(buffer);
  };
  return {
    orders: new Int32Array(new SharedArrayBuffer(4)),
    next: new Int32Array(new SharedArrayBuffer(4)),
    parameters: floats(),
    gradients: Array.from({ length: parts }, floats),
  };
}

/** A thread that computes parts of one order after the other. */
class Thread {
  private waiting: { resolve(results: ThreadResults): void; reject(error: unknown): void } | undefined;
  private failure: unknown;
  private work: Promise<unknown> = Promise.resolve();
  /** What it has been told of. */
  private known: PartMemory | undefined;
  private readonly worker: Worker;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.on("message", (reply: ThreadReply) => {
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

  run(order: Omit<ThreadOrder, "memory">, memory: PartMemory): Promise<ThreadResults> {
    const answered = new Promise<ThreadResults>((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting = { resolve, reject };
      this.worker.postMessage({ ...order, memory: memory === this.known ? undefined : memory } satisfies ThreadOrder);
      if (this.known) {
        Atomics.add(this.known.orders, 0, 1);
        Atomics.notify(this.known.orders, 0);
      }
      this.known = memory;
    });
    this.work = answered.catch(() => undefined);
    return answered;
  }

  /** Ends it, once it is done with what it is at: engines take it badly when their thread goes. It is not waited for forever. */
  async end(): Promise<void> {
    await Promise.race([this.work, setTimeout(PATIENCE, undefined, { ref: false })]);
    await this.worker.terminate();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

/** Milliseconds that a thread is waited for. */
const PATIENCE = 10_000;

type ThreadResults = Extract<ThreadReply, { results: unknown }>["results"];

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
