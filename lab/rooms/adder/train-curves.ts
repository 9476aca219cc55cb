/** The curves of a population, as the library draws them. */
import type { Curves, TrainingConfig } from "longhand";
import type { AccuracyByLength } from "./reach.job.ts";
import type { TrainPoint } from "./train.job.ts";

/** Points of a curve, at most. */
const most = 100;
/** What both pictures have in common: two of them stand side by side. */
const shape = { run: "network", middle: "median", size: { width: 380, height: 230 }, legend: "below" } as const;

/** The losses of all networks, and of the chosen one; undefined where nothing can be drawn. */
export function lossCurves(points: readonly TrainPoint[], chosen: number): Curves | undefined {
  const every = Math.ceil(points.length / most);
  const some = points.filter((_, k) => k % every === every - 1 || k === points.length - 1);
  const population = some[0]?.losses.length ?? 0;
  if (!some.some(({ losses }) => losses.some((loss) => Number.isFinite(loss) && loss > 0))) return undefined;
  const x = some.map(({ step }) => step);
  const runOf = (replica: number) => ({ x, y: some.map(({ losses }) => losses[replica]!) });
  return {
    title: "Loss of each network",
    x: { label: "step" },
    y: { label: "loss (cross-entropy)", scale: "log" },
    ...shape,
    series: withChosen(population, chosen, runOf),
  };
}

/** Shares of right answers by length, and in words how far they reach. */
export function accuracyCurves(
  { lengths, samples, step }: AccuracyByLength,
  config: TrainingConfig,
  chosen: number,
): { readonly curves: Curves; readonly words: string } {
  const x = lengths.map((results) => results[0]!.length);
  const runOf = (replica: number) => ({ x, y: lengths.map((results) => 100 * results[replica]!.exact.value) });
  const far = lengths.at(-1)!;
  const right = far.filter(({ exact }) => exact.successes === exact.trials).length;
  const longest = config.lengths[1];
  const words =
    `After ${step} steps ${right} of ${far.length} make no error on ${samples} random problems of length ${far[0]!.length}. ` +
    `They were trained on lengths of up to ${longest} only.`;
  return {
    words,
    curves: {
      title: "Right answers by length",
      x: { label: "length", scale: "log" },
      y: { label: "answers without an error, %", domain: [0, 100] },
      marks: [{ x: longest, label: "trained up to here" }],
      ...shape,
      series: withChosen(far.length, chosen, runOf),
    },
  };
}

type Run = Curves["series"][number]["runs"][number];

function withChosen(population: number, chosen: number, runOf: (replica: number) => Run): Curves["series"] {
  const own = { name: `network ${chosen + 1}`, runs: [runOf(Math.min(chosen, population - 1))] };
  if (population === 1) return [own];
  return [{ name: "all", runs: Array.from({ length: population }, (_, k) => runOf(k)) }, own];
}
