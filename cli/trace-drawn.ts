/** `longhand trace` of networks on tasks that are drawn with their answers: each state's units as curves over the steps. */
import { curvesPicture, type DrawnTask, isDrawn } from "../src/index.ts";
import { type DrawnTrace, type TraceRunOptions, type Trained, traceDrawn } from "../src/node.ts";
import { historyOf } from "./network.ts";
import { answerPicture } from "./trace-answer.ts";
import { shortened } from "./words.ts";

/** A picture to be written. */
export interface StatePicture {
  readonly shows: string;
  readonly file: string;
  readonly data: string;
}

/**
 * A picture of each state, and of the output: trace-c.svg, trace-h.svg, trace-output.svg; in tasks of symbols also of how the
 * answer comes about: trace-answer.svg.
 */
export async function traceStates(
  trained: Trained,
  input: string,
  file: string,
  options: TraceRunOptions,
): Promise<{ trace: DrawnTrace; pictures: StatePicture[] } | undefined> {
  const { task } = trained;
  if (!isDrawn(task)) return undefined;
  const trace = await traceDrawn(trained, task, input, options);
  const base = file.replace(/\.svg$/, "");
  const pictures = Object.entries(trace.values).map(([name, { shape, data }]) => {
    const units = shape[1]!;
    const steps = shape[0]!;
    const picture = curvesPicture({
      title: `${shortened(trace.prediction.input, 44)}: ${name === "output" ? "output" : `state ${name}`}`,
      x: { label: `step; ${trained.model.name} on ${task.name}, ${historyOf(trained)}` },
      y: { label: name },
      series: Array.from({ length: units }, (_, unit) => ({
        name: seriesName(task, name, unit),
        runs: [
          {
            x: Array.from({ length: steps }, (_, step) => step + 1),
            y: Array.from({ length: steps }, (_, step) => data[step * units + unit]!),
          },
        ],
      })),
    });
    return { shows: name, file: `${base}-${name.replaceAll(/[^\w.]+/g, "-")}.svg`, data: picture };
  });
  if (!task.values) {
    const data = answerPicture(trained, task, task.parse(input), trace);
    pictures.unshift({ shows: "answer", file: `${base}-answer.svg`, data });
  }
  return { trace, pictures };
}

/** "c 1" for units; the symbols and values that outputs are about. */
function seriesName({ values, output, yesNo }: DrawnTask, name: string, unit: number): string {
  if (name !== "output") return `${name} ${unit + 1}`;
  const about = values?.[unit] ?? output[unit] ?? String(unit + 1);
  return yesNo ? `log-odds of ${about}` : about;
}
