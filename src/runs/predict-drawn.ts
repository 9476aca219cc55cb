/** What a trained network answers to problems that are drawn with their answers. Node only. */
import { judge, problemArrays, problemInputs } from "../evaluation/index.ts";
import { cast, program, sigmoid, type Tensor } from "../graph/index.ts";
import { decodeLogits, type Model, parameterInputs } from "../models/index.ts";
import type { DrawnBatch, DrawnTask } from "../tasks/index.ts";
import { engineFor } from "./engine.ts";
import type { Prediction, PredictOptions } from "./prediction.ts";
import { replicaOf, type Trained } from "./trained.ts";

/** Answers problems, each a batch of one, one after the other. */
export async function predictDrawn(
  trained: Trained,
  task: DrawnTask,
  problems: readonly DrawnBatch[],
  options: PredictOptions = {},
): Promise<Prediction[]> {
  const { model } = trained;
  const { parameters } = replicaOf(trained, options.replica);
  const answering = answersProgram(model);
  const stepsOf = (problem: DrawnBatch) => problem.target.length / (task.values?.length ?? 1);
  const longest = problems.reduce((most, problem) => Math.max(most, stepsOf(problem)), 0);
  const { runtime } = await engineFor(answering, 1, longest, options.runtime);
  await using executable = await runtime.compile(answering);
  const predictions: Prediction[] = [];
  for (const problem of problems) {
    const steps = stepsOf(problem);
    const arrays = problemArrays(model.signature, problem, steps, [], 1);
    const { answer, asked, right } = await executable.run({ ...parameters, ...arrays });
    const [areAsked, areRight] = [Array.from(asked!.data), Array.from(right!.data)];
    const wanted = areAsked.filter((one) => one === 1).length;
    const wrong = areAsked.filter((one, step) => one === 1 && areRight[step] === 0).length;
    const given = task.values ? Float32Array.from(answer!.data) : Int32Array.from(answer!.data);
    predictions.push({
      input: task.format(problem),
      answer: task.formatAnswer(given, problem),
      exact: task.formatAnswer(problem.target, problem),
      isRight: wrong === 0,
      steps,
      asked: wanted,
      wrong,
    });
  }
  return predictions;
}

/** Inputs: the parameters and the problems. Outputs: `answer`, and float [batch, time] what is `asked` and `right`. */
function answersProgram(model: Model) {
  const problem = problemInputs(model.signature);
  const parameters = parameterInputs(model);
  const { present } = problem;
  const { logits } = model.apply(parameters, problem.symbols, present ? { present } : {});
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
