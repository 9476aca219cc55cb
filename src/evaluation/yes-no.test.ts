/** How answers that are numbers, or yes or no, are judged. */
import { expect, test } from "vitest";
import { floats, runGraph } from "../../tests/run-graph.ts";
import { cast } from "../graph/index.ts";
import { countingLanguage, spikeDistance } from "../tasks/index.ts";
import { signatureOf } from "../tasks/signature.ts";
import { judge } from "./problems.ts";

function judged(task: Parameters<typeof signatureOf>[0], given: Record<"answer" | "targets" | "asked", number[]>) {
  const { values = 1 } = signatureOf(task);
  const steps = given.asked.length;
  const { right, cost } = runGraph(
    {
      answer: floats(given.answer, [1, steps, values]),
      targets: floats(given.targets, [1, steps, values]),
      asked: floats(given.asked, [1, steps]),
    },
    ({ answer, targets, asked }) => {
      const made = judge(signatureOf(task), answer!, { symbols: answer!, targets: targets!, asked: asked! });
      return { right: cast(made.right, "float"), cost: made.cost };
    },
  );
  return { right: [...right!.data], cost: [...cost!.data] };
}

test("yes or no: right where every log-odds has its sign, at the summed cross-entropy", () => {
  const { right, cost } = judged(countingLanguage("ab"), {
    answer: [2, -1, 0.5, 2, 1, -3, -2, 1, 0],
    targets: [1, 0, 1, 1, 0, 0, 1, 0, 0],
    asked: [1, 1, 0],
  });
  expect(right).toEqual([1, 0, 1]);
  // −ln σ(2) − ln σ(1) − ln σ(½), and −ln σ(2) − ln σ(−1) − ln σ(3).
  const entropy = (...margins: number[]) => margins.reduce((sum, z) => sum + Math.log(1 + Math.exp(-z)), 0);
  expect(cost[0]).toBeCloseTo(entropy(2, 1, 0.5), 14);
  expect(cost[1]).toBeCloseTo(entropy(2, -1, 3), 14);
});

test("numbers: right within the tolerance, at the squared error", () => {
  const { right, cost } = judged(spikeDistance(), {
    answer: [0.5, 0.5, 0.5],
    targets: [0.46, 0.56, 0],
    asked: [1, 1, 0],
  });
  expect(right).toEqual([1, 0, 1]);
  expect(cost[0]).toBeCloseTo(0.0016, 14);
  expect(cost[1]).toBeCloseTo(0.0036, 14);
});

test("what a task asks of a model", () => {
  expect(signatureOf(countingLanguage("abc"))).toEqual({ channels: [4], answers: 0, values: 4, yesNo: true });
  expect(signatureOf(spikeDistance())).toEqual({ channels: [], answers: 0, features: 1, values: 1, tolerance: 0.05 });
});
