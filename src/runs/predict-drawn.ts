/** What a trained network answers to problems that are drawn with their answers. Node only. */
import { joinBatches, judge, problemArrays, problemInputs, stepsOf } from "../evaluation/index.ts";
import { cast, type NDArray, program, sigmoid, type Tensor } from "../graph/index.ts";
import { decodeLogits, type Model, parameterInputs } from "../models/index.ts";
import type { Prediction } from "../networks/index.ts";
import type { DrawnBatch, DrawnTask } from "../tasks/index.ts";
import { replicaOf, type Trained } from "../trained/index.ts";
import { groupsBySteps, largestOf } from "./batches.ts";
import { engineFor } from "./engine.ts";
import type { PredictOptions } from "./predict.ts";

/** Answers problems, each a batch of one; those of equally many steps together. */
export async function predictDrawn(
  trained: Trained,
  task: DrawnTask,
  problems: readonly DrawnBatch[],
  options: PredictOptions = {},
): Promise<Prediction[]> {
  const { model } = trained;
  const { parameters } = replicaOf(trained, options.replica);
  const answering = answersProgram(model);
  const groups = groupsBySteps(
    model,
    problems.map((problem) => stepsOf(task, problem)),
    MOST,
  );
  const largest = largestOf(groups);
  const { runtime } = await engineFor(answering, Math.max(1, largest.problems), largest.steps, options.runtime);
  await using executable = await runtime.compile(answering);
  const predictions: Prediction[] = new Array(problems.length);
  for (const { steps, indices } of groups.flatMap(({ steps, batches }) =>
    batches.map((indices) => ({ steps, indices })),
  )) {
    const batch = joinBatches(indices.map((index) => problems[index]!));
    const arrays = problemArrays(model.signature, batch, steps, [], indices.length);
    const made = await executable.run({ ...parameters, ...arrays });
    for (const [row, index] of indices.entries()) {
      const own = ({ data }: NDArray) => {
        const size = data.length / indices.length;
        return Array.from(data.subarray(row * size, (row + 1) * size));
      };
      const [areAsked, areRight] = [own(made.asked!), own(made.right!)];
      const wrong = areAsked.filter((one, step) => one === 1 && areRight[step] === 0).length;
      const given = task.values ? Float32Array.from(own(made.answer!)) : Int32Array.from(own(made.answer!));
      const problem = problems[index]!;
      predictions[index] = {
        input: task.format(problem),
        answer: task.formatAnswer(given, problem),
        exact: task.formatAnswer(problem.target, problem),
        isRight: wrong === 0,
        steps,
        asked: areAsked.filter((one) => one === 1).length,
        wrong,
      };
    }
  }
  return predictions;
}

/** Problems of a run: more at once are not answered faster. */
const MOST = 1024;

/** Inputs: the parameters and the problems. Outputs: `answer`, and float [batch, time] what is `asked` and `right`. */
function answersProgram(model: Model) {
  const problem = problemInputs(model.signature);
  const parameters = parameterInputs(model);
  const { present } = problem;
  const { logits } = model.apply(parameters, problem.symbols, { present });
  const { asked, right } = judge(model.signature, logits, problem);
  return program(
    "predict",
    { ...parameters, ...problem },
    { answer: answerOf(model, logits), asked, right: cast(right, "float") },
  );
}

/** Symbols, numbers, or the probabilities of yes. */
function answerOf({ signature }: Model, logits: Tensor): Tensor {
  if (signature.values === undefined) return decodeLogits(logits);
  return signature.yesNo ? sigmoid(logits) : logits;
}
