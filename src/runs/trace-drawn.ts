/** The states of a recurrent network step by step, on a problem that is drawn with its answers. Node only. */
import { problemArrays, problemInputs, stepsOf } from "../evaluation/index.ts";
import { optimize, program } from "../graph/index.ts";
import { parameterInputs } from "../models/index.ts";
import { type Prediction, type TraceValues, unitValues, withoutBatch } from "../networks/index.ts";
import type { DrawnTask } from "../tasks/index.ts";
import { replicaOf, type Trained } from "../trained/index.ts";
import { engineFor } from "./engine.ts";
import { checkMemory } from "./memory.ts";
import { predictDrawn } from "./predict-drawn.ts";
import type { TraceRunOptions } from "./trace.ts";

/** A network at work on one problem that is drawn with its answer. */
export interface DrawnTrace {
  readonly replica: number;
  readonly prediction: Prediction;
  /** Each state after every step [steps, units], such as `c` and `h`, and `output` [steps, n]. */
  readonly values: Readonly<Record<string, TraceValues>>;
}

/**
 * Traces a trained network on one problem.
 * @param text as the task's `parse` reads it: "aaabbb".
 * @throws LonghandError `input` naming what can't be read; `argument` for a problem whose trace doesn't fit in memory, for
 *   gates, or a replica that isn't there.
 */
export async function traceDrawn(
  trained: Trained,
  task: DrawnTask,
  text: string,
  options: TraceRunOptions = {},
): Promise<DrawnTrace> {
  const { model } = trained;
  const { replica, parameters } = replicaOf(trained, options.replica);
  const problem = task.parse(text);
  const steps = stepsOf(task, problem);
  checkMemory(trained, steps, 3);
  const inputs = problemInputs(model.signature, steps);
  const { symbols, present } = inputs;
  const given = parameterInputs(model);
  const applied = model.apply(given, symbols, { present });
  const values = unitValues(model, applied, options.gates ?? false);
  const traced = optimize(Object.values(values));
  const outputs = Object.fromEntries(Object.keys(values).map((name, k) => [name, traced[k]!]));
  const traceProgram = program("trace", { ...given, ...inputs }, outputs);
  const { runtime } = await engineFor(traceProgram, 1, steps, options.runtime);
  await using executable = await runtime.compile(traceProgram);
  const arrays = problemArrays(model.signature, problem, steps, [], 1);
  const made = await executable.run({ ...parameters, ...arrays });
  const [prediction] = await predictDrawn(trained, task, [problem], options);
  return {
    replica,
    prediction: prediction!,
    values: Object.fromEntries(Object.entries(made).map(([name, array]) => [name, withoutBatch(array)])),
  };
}
