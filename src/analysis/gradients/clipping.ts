/** What clipping by norm does to the gradients of a network: papers/004, eq. 8. */
import { problemInputs } from "../../evaluation/index.ts";
import { gradient, type NDArray, optimize, program } from "../../graph/index.ts";
import { type Model, parameterInputs } from "../../models/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import {
  clipByGlobalNorm,
  flatten,
  globalNorm,
  layoutOf,
  problemLoss,
  type TrainingConfig,
} from "../../training/index.ts";
import type { GradientProbe } from "./probe.ts";

/** The gradient of one batch, as a training would see it. */
export interface ClippedStep {
  /** ‖g‖ before and after. */
  readonly before: number;
  readonly after: number;
  readonly isClipped: boolean;
  /** ⟨before, after⟩/(‖before‖ ‖after‖): 1 where the direction is kept; 1 of a gradient that is 0. */
  readonly cosine: number;
}

export interface ClippingEffect {
  readonly limit: number;
  readonly steps: readonly ClippedStep[];
  /** Share of the steps that are clipped. */
  readonly clipped: number;
  /** Norms of the first batch's gradient by parameter, and of the parameters themselves, before clipping. */
  readonly parameters: readonly { readonly name: string; readonly gradient: number; readonly parameter: number }[];
}

/**
 * Takes the gradient of the training's loss, over all steps at which an answer is asked, of each batch, and clips it by ε.
 * @param probes batches of one network. @param limit ε > 0.
 */
export function clippingEffect(probes: readonly GradientProbe[], limit: number): ClippingEffect {
  const [first] = probes as [GradientProbe];
  const { model, parameters } = first.network;
  const compiled = clippingProgram(model, first.loss, limit);
  const made = probes.map(({ problems }) => compiled.run({ ...parameters, ...problems }));
  const steps = made.map(({ before, after }): ClippedStep => {
    const [a, b] = [norm(before!), norm(after!)];
    const dot = Array.from(before!.data).reduce((sum, value, k) => sum + value * after!.data[k]!, 0);
    return { before: a, after: b, isClipped: a >= limit, cosine: a === 0 || b === 0 ? 1 : dot / (a * b) };
  });
  return {
    limit,
    steps,
    clipped: steps.filter(({ isClipped }) => isClipped).length / steps.length,
    parameters: layoutOf(model.parameters).parts.map(({ name, start, end }) => ({
      name,
      gradient: norm({ data: (made[0]!.before!.data as Float64Array).subarray(start, end) }),
      parameter: norm(parameters[name]!),
    })),
  };
}

function norm({ data }: Pick<NDArray, "data">): number {
  let sum = 0;
  for (let k = 0; k < data.length; k++) sum += data[k]! ** 2;
  return Math.sqrt(sum);
}

function clippingProgram(
  model: Model,
  loss: TrainingConfig["loss"],
  limit: number,
): ReturnType<typeof compileReference> {
  const parameters = parameterInputs(model);
  const problem = problemInputs(model.signature);
  const applied = model.apply(parameters, problem.symbols);
  const gradients = optimize(gradient(problemLoss(model.signature, loss, applied, problem), Object.values(parameters)));
  const before = flatten(gradients, layoutOf(model.parameters));
  const after = clipByGlobalNorm(before, globalNorm(before), limit);
  return compileReference(program("clipping", { ...parameters, ...problem }, { before, after }));
}
