/** Steps out of parts: the gradients of all parts, summed, and one update. */
import type { ArrayData } from "../../graph/index.ts";
import type { Arrays, Runtime } from "../../runtime/contract.ts";
import { floatArray, scalarArrays } from "../arrays.ts";
import type { Optimizer } from "../optimizers/index.ts";
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

/** Takes steps whose gradients are computed in parts. */
export async function partsStepper({ parts, runtime, config, size }: PartsStepperOptions): Promise<PartsStepper> {
  const { program, optimizer } = updateProgram(config, size);
  const update = await runtime.compile(program);
  const total = floatArray(runtime.precision, [size]);
  return {
    optimizer,
    async take({ scalars, noise = {}, ...order }, current, next) {
      const parameters = current.parameters!.data as Float32Array | Float64Array;
      const results = await parts.run({ ...order, parameters });
      sumOf(results, total.data);
      const all = scalarArrays({ ...scalars, ...optimizer.scalars(order.step) });
      const { gradientNorm } = await update.run({ ...current, gradient: total, ...all, ...noise }, next);
      return { results, gradientNorm: gradientNorm!.data[0]! };
    },
    [Symbol.asyncDispose]: () => update.close(),
  };
}

/** The gradients of all parts, summed in their order, so that it doesn't matter which came first. */
function sumOf(results: readonly PartResult[], into: ArrayData): void {
  into.fill(0);
  for (const { gradient } of results) for (let k = 0; k < into.length; k++) into[k]! += gradient[k]!;
}
