/** How the losses of a survey's networks fell. Node only. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { readRun } from "../files/run-folder.ts";
import { slug } from "./packaged.ts";
import type { Survey } from "./survey-config.ts";

/** The losses of one network on its batches, each a mean over a stretch of steps. */
export interface SurveyCurve {
  /** The last step of each stretch. */
  readonly steps: readonly number[];
  readonly losses: readonly number[];
}

/** The curves of one value of the first axis: of each value of the last that was asked for, its networks. */
export interface SurveyCurves {
  readonly label: string;
  /** The label as a part of a file's name. */
  readonly slug: string;
  readonly series: readonly { readonly label: string; readonly networks: readonly SurveyCurve[] }[];
}

/** Stretches of a training; a curve has as many points. */
const STRETCHES = 40;

/**
 * Reads the curves that a survey's configuration asks for, of what is trained so far.
 * @param folder of its runs.
 */
export async function surveyCurves({ curves, rows }: Survey, folder: string): Promise<SurveyCurves[]> {
  const found: (SurveyCurves & { series: SurveyCurves["series"][number][] })[] = [];
  for (const { labels, folder: name, training } of rows) {
    const label = labels.at(-1)!;
    const path = join(folder, name);
    if (!curves.includes(label) || !existsSync(join(path, "config.json"))) continue;
    const records = (await (await readRun(path)).readMetrics()).flatMap((record) => {
      const step = stepSchema.safeParse(record);
      return step.success ? [step.data] : [];
    });
    if (records.length === 0) continue;
    const networks = Array.from({ length: training.population }, (_, replica) =>
      curveOf(
        records.map(({ step, losses }) => [step, losses[replica] ?? Number.NaN]),
        training.steps,
      ),
    );
    const [first] = labels as [string];
    if (found.at(-1)?.label !== first) found.push({ label: first, slug: slug(first), series: [] });
    found.at(-1)!.series.push({ label, networks });
  }
  return found;
}

const stepSchema = z.object({ type: z.literal("step"), step: z.int(), losses: z.array(z.number()) });

/** Means over stretches of equal length. */
export function curveOf(points: readonly (readonly [step: number, loss: number])[], steps: number): SurveyCurve {
  const length = Math.max(1, Math.ceil(steps / STRETCHES));
  const means: { end: number; loss: number }[] = [];
  for (let end = length; end < steps + length; end += length) {
    const own = points.filter(([step]) => step > end - length && step <= end);
    if (own.length === 0) continue;
    means.push({ end: Math.min(end, steps), loss: own.reduce((sum, [, loss]) => sum + loss, 0) / own.length });
  }
  return { steps: means.map(({ end }) => end), losses: means.map(({ loss }) => loss) };
}
