/** What happens inside a trained network while it works on one problem. Node only. */
import { type NetworkTrace, traceNetwork } from "../networks/index.ts";
import { exactTask } from "../tasks/index.ts";
import { replicaOf, type Trained } from "../trained/index.ts";
import { engineFor } from "./engine.ts";
import { checkMemory } from "./memory.ts";

/** A trained network at work on one problem. */
export interface RunTrace extends NetworkTrace {
  readonly replica: number;
}

export interface TraceRunOptions {
  /** Which network of a population. Default: the first that is solved. */
  readonly replica?: number;
  /** The gates as well. Default false. */
  readonly gates?: boolean;
  /** Default: the one that fits. */
  readonly runtime?: string;
}

/**
 * Traces a trained network on one problem.
 * @param text as the task's `parse` reads it: "1011*1101".
 * @throws LonghandError `input` naming the character that can't be read; `argument` for a task that is drawn with its answers (see `traceDrawn`), a problem whose trace doesn't fit in
 *   memory, for gates of a network without any, or a replica that isn't there.
 */
export async function traceRun(trained: Trained, text: string, options: TraceRunOptions = {}): Promise<RunTrace> {
  const task = exactTask(trained.task);
  const { gates = false } = options;
  const { replica, parameters } = replicaOf(trained, options.replica);
  const problem = task.parse(text);
  checkMemory(trained, problem.length / task.channels.length, gates ? 7 : 3);
  const trace = await traceNetwork({ task, model: trained.model, parameters }, problem, {
    gates,
    open: async (program, { batch, time }) => (await engineFor(program, batch!, time!, options.runtime)).runtime,
  });
  return { replica, ...trace };
}
