/** `longhand trace` */
import type { Command } from "commander";
import {
  LonghandError,
  type MapsOptions,
  mapsPng,
  mapsSvg,
  mapsTraceOf,
  type Trained,
  tracePicture,
} from "../src/index.ts";
import { openTrained, type RunTrace, traceRun } from "../src/node.ts";
import { historyOf } from "./network.ts";
import { previousCheckpointOption, replicaOption, runtimeOption, wholeNumber, wholeNumbers } from "./options.ts";
import type { Output } from "./output.ts";
import { readProblemsWithMinus } from "./predict.ts";
import { printProblem } from "./problem.ts";
import { type Picture, traceStates } from "./trace-drawn.ts";
import { count, shortened } from "./words.ts";
import { writeOutput } from "./write-files.ts";

interface TraceOptions {
  output?: string;
  gates?: boolean;
  maps?: number[];
  single?: number;
  scale?: number;
  replica?: number;
  checkpoint?: number;
  previousCheckpoint?: boolean;
  runtime?: string;
}

export function addTrace(program: Command, output: () => Output): void {
  const verb = program.command("trace");
  readProblemsWithMinus(verb);
  verb
    .summary("draw what happens inside a network")
    .description(
      "Draws what a network does on one problem: of networks with positions each map over all steps, the input over it and the answer under it; of others each unit at every step; on problems that are drawn with their answers a picture of each state: trace-c.svg, trace-h.svg, … A file that is there is replaced.",
    )
    .argument("<run>", "a run's folder")
    .argument("<input>", "a problem, as in 1011*1101")
    .option(
      "-o, --output <file>",
      "ending in .png or .svg (default: trace.png, or trace.svg of networks without positions)",
    )
    .option("--gates", "update and reset gates as well, each in a file of its own: trace-update.png, trace-reset.png")
    .option("--maps <list>", "only these maps, as in 0,5,40 (default: all)", wholeNumbers("--maps", 0))
    .option("--single <map>", "one map, large", wholeNumber("--single", 0))
    .option("--scale <n>", "pixels a value, 1 to 64 (default: as many as fit)", wholeNumber("--scale", 1))
    .addOption(replicaOption)
    .option("--checkpoint <step>", "the network after this step (default: the newest)", wholeNumber("--checkpoint", 0))
    .addOption(previousCheckpointOption)
    .addOption(runtimeOption)
    .action(async (folder: string, input: string, options: TraceOptions) =>
      traceVerb(folder, input, options, output()),
    );
}

async function traceVerb(folder: string, input: string, options: TraceOptions, output: Output): Promise<void> {
  if (options.maps && options.single !== undefined) {
    throw new LonghandError("argument", "trace: --maps and --single came, expected one of them");
  }
  const trained = await openTrained(folder, {
    previous: options.previousCheckpoint ?? false,
    ...(options.checkpoint !== undefined && { checkpoint: options.checkpoint }),
  });
  const { model, task } = trained;
  const hasPositions = model.width !== undefined;
  const file = options.output ?? (hasPositions ? "trace.png" : "trace.svg");
  checkFile(file, hasPositions ? [".png", ".svg"] : [".svg"], model.name);
  if (!hasPositions) checkNone(options, model.name);
  const { trace, pictures } = await tracePictures(trained, input, file, options);
  const files = await Promise.all(pictures.map(write));
  printProblem(output, trace.prediction);
  output.print();
  for (const { file, width, height, bytes } of files) {
    output.print(`${file}: ${count(width)} × ${count(height)} pixels, ${count(bytes)} bytes`);
  }
  output.result({
    folder,
    run: trained.run,
    task: task.name,
    step: trained.step,
    replica: trace.replica,
    prediction: trace.prediction,
    files,
  });
}

async function tracePictures(
  trained: Trained,
  input: string,
  file: string,
  options: TraceOptions,
): Promise<{ trace: Pick<RunTrace, "replica" | "prediction">; pictures: readonly Picture[] }> {
  const { replica, runtime, gates = false } = options;
  const given = { gates, ...(replica !== undefined && { replica }), ...(runtime !== undefined && { runtime }) };
  const drawn = await traceStates(trained, input, file, given);
  if (drawn) return drawn;
  const trace = await traceRun(trained, input, given);
  const hasPositions = trained.model.width !== undefined;
  return {
    trace,
    pictures: hasPositions ? mapsPictures(trained, trace, file, options) : [unitsPicture(trained, trace, file)],
  };
}

function checkFile(file: string, endings: readonly string[], model: string): void {
  if (endings.some((ending) => file.endsWith(ending))) return;
  throw new LonghandError(
    "argument",
    `trace: received "${file}", expected a name ending in ${endings.join(" or ")} for a trace of ${model}`,
  );
}

function checkNone({ gates, maps, single, scale }: TraceOptions, model: string): void {
  const [flag] = Object.entries({ gates, maps, single, scale }).find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return;
  throw new LonghandError(
    "argument",
    `trace: received --${flag} for model ${model}, whose state has no positions; expected it for those that have: dngpu, neural-gpu`,
  );
}

/** The state over all steps, and the gates where they were traced. */
function mapsPictures(trained: Trained, trace: RunTrace, file: string, options: TraceOptions): Picture[] {
  const { prediction } = trace;
  const title = `${trained.model.name}: ${shortened(`${prediction.input} = ${prediction.answer}`)}`;
  const ending = file.slice(-4);
  const base = file.slice(0, -4);
  return Object.keys(trace.values).map((shows) => {
    const picture = mapsTraceOf(trained.task.name, trace, shows);
    const isState = shows === "state";
    const choice: MapsOptions = {
      title: isState ? title : `${title}, ${shows} gates of each step`,
      ...(options.maps && { maps: options.maps }),
      ...(options.single !== undefined && {
        maps: [options.single],
        scale: largeScale(picture.time + 1, picture.length),
      }),
      ...(options.scale !== undefined && { scale: options.scale }),
    };
    const name = isState ? file : `${base}-${shows}${ending}`;
    return { shows, file: name, data: ending === ".svg" ? mapsSvg(picture, choice) : mapsPng(picture, choice) };
  });
}

/** Of one map: about 1,000 pixels in the longer direction. */
function largeScale(times: number, length: number): number {
  return Math.min(64, Math.max(1, Math.floor(1000 / Math.max(times, length))));
}

/** Symbols, units and answer at each step. */
function unitsPicture(trained: Trained, trace: RunTrace, file: string): Picture {
  const { prediction, input, answer, exact, values } = trace;
  const { output, ...states } = values;
  const steps = input.length;
  const rowsOf = (name: string, { shape, data }: RunTrace["values"][string]) => {
    const units = shape[1]!;
    return Array.from({ length: units }, (_, unit) => ({
      label: units === 1 ? name : `${name} ${unit + 1}`,
      values: Array.from({ length: steps }, (_, step) => data[step * units + unit]!),
    }));
  };
  // The state of an output layer that is fed back is the output.
  const own = Object.entries(states).filter(([, { data }]) => data.some((value, k) => value !== output!.data[k]));
  const shown = [...own, ["output", output!] as const];
  const cells = steps * shown.reduce((sum, [, { shape }]) => sum + shape[1]!, 0);
  if (cells > MOST_CELLS) {
    throw new LonghandError(
      "argument",
      `trace: a picture of ${steps} steps would have ${count(cells)} cells; expected at most ${count(MOST_CELLS)}: choose a shorter problem`,
    );
  }
  const isRight = answer.every((symbol, step) => symbol === exact[step]);
  const { task, model } = trained;
  const data = tracePicture({
    title: shortened(`${prediction.input} = ${prediction.answer}`),
    subtitle: `${model.name} on ${task.name}${task.order ? `, ${task.order.split(",")[0]}` : ""}; ${historyOf(trained)}`,
    steps: Array.from({ length: steps }, (_, k) => String(k + 1)),
    unit: "time step",
    groups: [
      task.channels.map((_, channel) => ({
        label: task.channels.length === 1 ? "input" : `input ${channel + 1}`,
        texts: input.map((symbols) => symbols[channel]!),
      })),
      ...shown.map(([name, of]) => rowsOf(name, of)),
      [{ label: "answer", texts: answer }, ...(isRight ? [] : [{ label: "exact", texts: exact }])],
    ],
  });
  return { shows: "units", file, data };
}

/** Larger pictures are no longer looked at, and hardly opened. */
const MOST_CELLS = 100_000;

async function write({ shows, file, data }: Picture) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  await writeOutput(file, bytes);
  return { shows, file, ...sizeOf(data), bytes: bytes.length };
}

/** Width and height in pixels: of a PNG at the beginning of its first chunk, of an SVG among its attributes. */
function sizeOf(data: string | Uint8Array): { width: number; height: number } {
  if (typeof data === "string") {
    const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(data) ?? [];
    return { width: Number(width), height: Number(height) };
  }
  const view = new DataView(data.buffer, data.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
