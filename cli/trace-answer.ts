/** How the answer of a network comes about on a task of symbols: what it reads, and how likely it finds each symbol, at each step. */
import {
  type DrawnBatch,
  type DrawnTask,
  symbolWeights,
  type TraceRow,
  type Trained,
  tracePicture,
} from "../src/index.ts";
import type { DrawnTrace } from "../src/node.ts";
import { historyOf } from "./network.ts";
import { shortened } from "./words.ts";

/** The name of a symbol in a picture: a line's end has to be seen; none is nothing. */
export function shownSymbol(name: string | undefined): string {
  return name === "\n" ? "⏎" : (name ?? "");
}

/** Rows of cells over the steps: the problem, the probabilities of the output's symbols, and the answer where one is asked. */
export function answerPicture(trained: Trained, task: DrawnTask, problem: DrawnBatch, trace: DrawnTrace): string {
  const { input, target } = problem;
  const steps = target.length;
  const probabilities = probabilitiesOf(trace.values.output!.data, steps);
  const asked = (symbolAt: (step: number) => number) =>
    Array.from({ length: steps }, (_, step) => (target[step]! < 0 ? "" : shownSymbol(task.output[symbolAt(step)])));
  const answer = asked((step) => largestOf(probabilities[step]!));
  const exact = asked((step) => target[step]!);
  const isRight = answer.every((symbol, step) => symbol === exact[step]);
  const { prediction } = trace;
  return tracePicture({
    title: shortened(`${prediction.input} = ${prediction.answer}`),
    subtitle: `${trained.model.name} on ${task.name}; ${historyOf(trained)}`,
    steps: Array.from({ length: steps }, (_, k) => String(k + 1)),
    unit: "time step",
    groups: [
      task.features ? readNumbers(task.features, input, steps) : readSymbols(task, input, steps),
      task.output.map((name, symbol) => ({
        label: `P(${shownSymbol(name)})`,
        values: probabilities.map((at) => at[symbol]!),
      })),
      [{ label: "answer", texts: answer }, ...(isRight ? [] : [{ label: "exact", texts: exact }])],
    ],
  });
}

function readNumbers(features: readonly string[], input: DrawnBatch["input"], steps: number): TraceRow[] {
  return features.map((label, k) => ({
    label,
    values: Array.from({ length: steps }, (_, step) => input[step * features.length + k]!),
  }));
}

function readSymbols({ channels }: DrawnTask, input: DrawnBatch["input"], steps: number): TraceRow[] {
  return channels.map((alphabet, channel) => ({
    label: channels.length === 1 ? "input" : `input ${channel + 1}`,
    texts: Array.from({ length: steps }, (_, step) => shownSymbol(alphabet[input[step * channels.length + channel]!])),
  }));
}

/** Probabilities [steps][symbols] of logits [steps, n]. */
function probabilitiesOf(logits: Float32Array, steps: number): number[][] {
  const width = logits.length / steps;
  return Array.from({ length: steps }, (_, step) => {
    const weights = symbolWeights(logits.subarray(step * width, (step + 1) * width));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function largestOf(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
