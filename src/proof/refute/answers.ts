/** Whole problems answered by a network's ordinary program, and where the answers are wrong. */
import { ndarray } from "../../graph/index.ts";
import { applyProgram } from "../../models/index.ts";
import type { Network } from "../../networks/index.ts";
import type { Executable, Runtime } from "../../runtime/contract.ts";
import { knownMargin } from "../margin.ts";
import type { Meter } from "./meter.ts";

/** What a network makes of one problem. */
export interface Answered {
  /** [steps] */
  readonly answer: Int32Array;
  /** The first step at which it is wrong; −1: at none. */
  readonly wrong: number;
  /** The least margin over all steps that ask for an answer: how far the right logit is ahead. */
  readonly margin: number;
}

export interface Answerer extends AsyncDisposable {
  /** Steps that a problem costs: of networks whose state has positions, each position counts. */
  cost(steps: number): number;
  /**
   * Answers problems of one length.
   * @param problems [steps][channels] each. @param targets [steps] each, −1 where no answer is asked.
   */
  run(problems: readonly Int32Array[], targets: readonly Int32Array[]): Promise<Answered[]>;
}

/** Steps of one run; numbers at all positions of one run, as evaluations have. */
const STEPS_A_RUN = 1 << 17;
const NUMBERS_A_RUN = 1 << 18;

export function answerer({ model, parameters }: Network, runtime: Runtime, meter: Meter): Answerer {
  const { width } = model;
  const channels = model.signature.channels.length;
  let compiled: { readonly steps: number; readonly executable: Executable } | undefined;

  /** Networks whose state has positions are compiled for each length. */
  const executableFor = async (steps: number): Promise<Executable> => {
    const isFitting = compiled && (width === undefined || compiled.steps === steps);
    if (compiled && isFitting) return compiled.executable;
    await compiled?.executable.close();
    compiled = undefined;
    const program = applyProgram(model, width === undefined ? "time" : steps);
    compiled = { steps, executable: await runtime.compile(program) };
    return compiled.executable;
  };

  const cost = (steps: number) => (width === undefined ? steps : steps ** 2);
  return {
    cost,
    async run(problems, targets) {
      const steps = problems[0]!.length / channels;
      const most = width === undefined ? STEPS_A_RUN / steps : NUMBERS_A_RUN / (width * steps);
      const batch = Math.max(1, Math.floor(most));
      const executable = await executableFor(steps);
      const answered: Answered[] = [];
      for (let at = 0; at < problems.length; at += batch) {
        const some = problems.slice(at, at + batch);
        meter.spend(some.length * cost(steps));
        const symbols = new Int32Array(some.length * steps * channels);
        some.forEach((problem, k) => {
          symbols.set(problem, k * problem.length);
        });
        const made = await executable.run({
          ...parameters,
          symbols: ndarray(symbols, [some.length, steps, channels]),
        });
        const logits = Float64Array.from(made.logits!.data);
        const count = logits.length / (some.length * steps);
        some.forEach((_, k) => {
          const answer = Int32Array.from(made.answer!.data.subarray(k * steps, (k + 1) * steps));
          const target = targets[at + k]!;
          let margin = Number.POSITIVE_INFINITY;
          for (let step = 0; step < steps; step++) {
            margin = Math.min(margin, knownMargin(logits, count, k * steps + step, target[step]!));
          }
          answered.push({ answer, wrong: firstWrong(answer, target), margin });
        });
      }
      return answered;
    },
    async [Symbol.asyncDispose]() {
      await compiled?.executable.close();
    },
  };
}

function firstWrong(answer: Int32Array, target: Int32Array): number {
  return target.findIndex((symbol, step) => symbol >= 0 && answer[step] !== symbol);
}
