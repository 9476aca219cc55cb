/** `longhand trace` of networks on tasks that are drawn with their answers: each state's units over the steps, a few as curves, many as cells. */
import { curvesPicture, type DrawnTask, heatMap, isDrawn, type Trained } from "../src/index.ts";
import { type DrawnTrace, type TraceRunOptions, traceDrawn } from "../src/node.ts";
import { historyOf } from "./network.ts";
import { answerPicture, shownSymbol } from "./trace-answer.ts";
import { shortened } from "./words.ts";

/** A picture to be written. */
export interface Picture {
  readonly shows: string;
  readonly file: string;
  readonly data: string | Uint8Array;
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
): Promise<{ trace: DrawnTrace; pictures: Picture[] } | undefined> {
  const { task } = trained;
  if (!isDrawn(task)) return undefined;
  const trace = await traceDrawn(trained, task, input, options);
  const base = file.replace(/\.svg$/, "");
  const pictures = Object.entries(trace.values).map(([name, { shape, data }]) => {
    const [steps, units] = shape as [number, number];
    const title = `${shortened(trace.prediction.input, 44)}: ${name === "output" ? "output" : `state ${name}`}`;
    const subtitle = `${trained.model.name} on ${task.name}, ${historyOf(trained)}`;
    const names = Array.from({ length: units }, (_, unit) => seriesName(task, name, unit));
    const rows = names.map((_, unit) => Array.from({ length: steps }, (_, step) => data[step * units + unit]!));
    const times = Array.from({ length: steps }, (_, step) => step + 1);
    const picture =
      units > MOST_CURVES && steps * units <= MOST_CELLS
        ? unitsMap({ title, subtitle, times, names, rows, label: name })
        : curvesPicture({
            title,
            x: { label: `step; ${subtitle}` },
            y: { label: name },
            series: names.map((series, unit) => ({ name: series, runs: [{ x: times, y: rows[unit]! }] })),
          });
    return { shows: name, file: `${base}-${name.replaceAll(/[^\w.]+/g, "-")}.svg`, data: picture };
  });
  if (!task.values) {
    const data = answerPicture(trained, task, task.parse(input), trace);
    pictures.unshift({ shows: "answer", file: `${base}-answer.svg`, data });
  }
  return { trace, pictures };
}

/** More curves can't be told apart; more cells can't be drawn. */
const MOST_CURVES = 12;
const MOST_CELLS = 40_000;

/** Many units: a row of coloured cells for each. */
function unitsMap(units: {
  readonly title: string;
  readonly subtitle: string;
  readonly times: readonly number[];
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly label: string;
}): string {
  const { title, subtitle, times, names, rows, label } = units;
  const largest = Math.max(...rows.flat().map(Math.abs)) || 1;
  return heatMap({
    title,
    subtitle,
    x: { label: "step", names: times.map(String) },
    y: { label: "unit", names },
    values: rows,
    scale: { label, low: -largest, high: largest },
  });
}

/** "c 1" for units; the symbols and values that outputs are about. */
function seriesName({ values, output, yesNo }: DrawnTask, name: string, unit: number): string {
  if (name !== "output") return `${name} ${unit + 1}`;
  const about = shownSymbol(values?.[unit] ?? output[unit] ?? String(unit + 1));
  return yesNo ? `log-odds of ${about}` : about;
}
