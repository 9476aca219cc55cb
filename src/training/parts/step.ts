/** Steps out of parts: the gradients of all parts, summed, and one update. */
import type { NDArray } from "../../graph/index.ts";
import type { Arrays, Executable, Runtime } from "../../runtime/contract.ts";
import { floatArray, scalarArrays } from "../arrays.ts";
import { makeOptimizer, type Optimizer } from "../optimizers/index.ts";
import type { PartResult, PartRunner, PartsOrder } from "./part.ts";
import { type UpdateConfig, updateProgram } from "./update.ts";

/** A step to be taken. */
export interface PartsStep extends Omit<PartsOrder, "parameters"> {
  /** Learning rate, and the scale of the noise on the gradient where there is some. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Noise on the gradient: `gradientNoise` [size]. */
  readonly noise?: Arrays;
}

/** Takes steps. */
export interface PartsStepper extends AsyncDisposable {
  readonly optimizer: Optimizer;
  /**
   * From `current`, the parameters and the optimizer's slots, to `next`.
   * @returns what each part came to, and the norm of the step's gradient.
   */
  take(
    step: PartsStep,
    current: Arrays,
    next: Arrays,
  ): Promise<{ readonly results: readonly PartResult[]; readonly gradientNorm: number }>;
}

export interface PartsStepperOptions {
  /** What computes the parts; whoever made it closes it. */
  readonly parts: PartRunner;
  /** What computes the update. */
  readonly runtime: Runtime;
  readonly config: UpdateConfig;
  /** Number of parameters. */
  readonly size: number;
}

/**
 * Takes steps whose gradients are computed in parts. Gradients are summed in the order of the parts, so that it doesn't matter
 * which came first.
 */
export function partsStepper({ parts, runtime, config, size }: PartsStepperOptions): PartsStepper {
  const optimizer = makeOptimizer(config.optimizer);
  /** By number of parts. */
  const updates = new Map<number, Promise<Executable>>();
  const updateFor = (count: number) => {
    const made = updates.get(count) ?? runtime.compile(updateProgram(config, size, count));
    updates.set(count, made);
    return made;
  };
  const copies: NDArray[] = [];
  /** A gradient where the engine can read it: most don't read memory that threads share. */
  const readable = (data: PartResult["gradient"], k: number): NDArray => {
    if (runtime.sharesMemory || data.buffer instanceof ArrayBuffer) return { dtype: "float", shape: [size], data };
    copies[k] ??= floatArray(runtime.precision, [size]);
    copies[k].data.set(data);
    return copies[k];
  };
  return {
    optimizer,
    async take({ scalars, noise = {}, ...order }, current, next) {
      const parameters = current.parameters!.data as Float32Array | Float64Array;
      const results = await parts.run({ ...order, parameters });
      const update = await updateFor(results.length);
      const gradients = Object.fromEntries(results.map(({ gradient }, k) => [`gradient ${k}`, readable(gradient, k)]));
      const all = scalarArrays({ ...scalars, ...optimizer.scalars(order.step) });
      const { gradientNorm } = await update.run({ ...current, ...gradients, ...noise, ...all }, next);
      return { results, gradientNorm: gradientNorm!.data[0]! };
    },
    async [Symbol.asyncDispose]() {
      for (const made of await Promise.allSettled(updates.values())) {
        if (made.status === "fulfilled") await made.value.close();
      }
    },
  };
}
