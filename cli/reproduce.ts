/** `longhand reproduce` */
import { join } from "node:path";
import type { Command } from "commander";
import { curvesPicture, LonghandError } from "../src/index.ts";
import {
  type Figure,
  type FigureRecord,
  type FigureScale,
  figureRecord,
  loadFigure,
  type ReproduceEvent,
  reproduce,
  thisMachine,
} from "../src/node.ts";
import { wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { comparisons, figureCurves, figurePage, figureTable, progressOf } from "./reproduce-page.ts";
import { stopOnSignals } from "./signals.ts";
import { table } from "./table.ts";
import { count, duration, percent } from "./words.ts";
import { writeOutputs } from "./write-files.ts";

interface ReproduceOptions {
  seeds?: number;
  steps?: number;
  runs: string;
  out?: string;
  quick?: boolean;
  smallest?: boolean;
}

export function addReproduce(program: Command, output: () => Output): void {
  program
    .command("reproduce")
    .summary("a figure of a paper, from one configuration")
    .description(
      "Trains the networks of a figure and draws it. What is trained already isn't trained again; what was interrupted goes on. Exit status 1: a run diverged, or the figure is unfinished.",
    )
    .argument("<figure>", "fig3 … fig9, or a JSON file like those in the folder reproductions")
    .option("--seeds <n>", "trainings of each series (default: as in the configuration)", wholeNumber("--seeds", 1))
    .option("--steps <n>", "steps of each training (default: as in the configuration)", wholeNumber("--steps", 1))
    .option("--runs <folder>", "where the runs are, which figures share", join("runs", "reproduce"))
    .option("--out <folder>", "where the figure goes (default: <runs>/<figure>)")
    .option("--quick", "smaller and shorter: minutes")
    .option("--smallest", "as small as can be: seconds, to see that it works")
    .action(async (figure: string, options: ReproduceOptions) => {
      process.exitCode = await run(figure, options, output());
    });
}

async function run(name: string, options: ReproduceOptions, output: Output): Promise<number> {
  if (options.quick && options.smallest) {
    throw new LonghandError("argument", "reproduce: received --quick and --smallest, expected one of them");
  }
  const scale: FigureScale = options.smallest ? "smallest" : options.quick ? "quick" : "full";
  const { seeds, steps, runs } = options;
  const figure = await loadFigure(name, {
    scale,
    ...(seeds !== undefined && { seeds }),
    ...(steps !== undefined && { steps }),
  });
  const out = options.out ?? join(runs, scale === "full" ? figure.name : `${figure.name}-${scale}`);
  const begin = performance.now();
  using stop = stopOnSignals(output);
  const tell = teller(output);
  let trained = 0;
  for await (const event of reproduce(figure, { runs, signal: stop.signal })) {
    tell(event);
    if (event.type !== "ready") continue;
    if (event.wasTrained) trained++;
    // A figure of what there is so far, in case that this takes days.
    if (event.index < event.of - 1) await write(await figureRecord(figure, runs), out, commandOf(name, options));
  }
  output.redraw?.("");
  const record = await figureRecord(figure, runs);
  const files = await write(record, out, commandOf(name, options));
  print(output, figure, record, files);
  if (!record.isComplete) output.print("Unfinished: the same command goes on.");
  const seconds = (performance.now() - begin) / 1000;
  output.result({ ...record, comparisons: comparisons(record), files, trained, seconds });
  return record.isComplete && record.runs.every(({ state }) => state === "ended") ? 0 : 1;
}

/** Writes picture, record and page. @returns their paths. */
async function write(record: FigureRecord, out: string, command: string): Promise<string[]> {
  const { figure } = record;
  const curves = figureCurves(record);
  const machine = thisMachine();
  const picture = curves && `${figure}.svg`;
  const all = { ...record, comparisons: comparisons(record), command, machine, date: new Date().toISOString() };
  const contents: [string, string][] = [
    ...(curves ? [[`${figure}.svg`, curvesPicture(curves)] as [string, string]] : []),
    [`${figure}.json`, `${JSON.stringify(all, undefined, 1)}\n`],
    [`${figure}.md`, figurePage(record, { command, machine, picture })],
  ];
  await writeOutputs(out, contents);
  return contents.map(([file]) => join(out, file));
}

function commandOf(name: string, { seeds, steps, quick, smallest }: ReproduceOptions): string {
  const options = [
    ...(quick ? ["--quick"] : []),
    ...(smallest ? ["--smallest"] : []),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(steps === undefined ? [] : [`--steps ${steps}`]),
  ];
  return ["longhand reproduce", name, ...options].join(" ");
}

function print(output: Output, { title }: Figure, record: FigureRecord, files: readonly string[]): void {
  output.print(output.style("bold", title));
  output.print(progressOf(record));
  output.print();
  const { header, rows } = figureTable(record);
  for (const line of table(header, rows, record.x === "length" ? [0, 1] : [1, 2, 3, 4, 5])) output.print(line);
  for (const { paper, here } of comparisons(record)) {
    output.print();
    output.print(`paper: ${paper}`);
    output.print(`here:  ${here}`);
  }
  output.print();
  for (const file of files) output.print(file);
}

/** Returns what tells of each event: a line drawn again in a terminal, some plain lines elsewhere. */
function teller(output: Output): (event: ReproduceEvent) => void {
  let told = "";
  let accuracy = "";
  return (event) => {
    const { run, index, of } = event;
    const place = `run ${index + 1} of ${of}: ${run.series}, seed ${run.seed}`;
    /** Tells at most once of each part of the work. */
    const tell = (part: string, parts: readonly string[]) => {
      if (output.redraw) output.redraw([place, ...parts]);
      else if (part !== told) output.note([place, ...parts].join(" · "));
      told = part;
    };
    if (event.type === "ready") {
      const { reason, step, message } = event.ending;
      const how = event.wasTrained ? `trained in ${duration(event.ending.seconds)}` : "trained before";
      output.note(`${place} · ${reason === "diverged" ? `diverged after step ${count(step)}: ${message}` : how}`);
    } else if (event.type === "test") {
      const { length, done, samples } = event;
      const parts = [`testing length ${count(length)}`, `${count(done)} of ${count(samples)}`];
      if (output.redraw || done === samples) tell(`${index} test ${length}`, parts);
    } else if (event.event.type === "start") {
      const { step, runtime } = event.event;
      accuracy = "";
      output.note(`${place} · ${step > 0 ? `from step ${count(step)} on` : "new"} · ${runtime}`);
    } else if (event.event.type === "look") {
      accuracy = ` · ${percent(event.event.accuracies![0]!.symbol)} right at length ${run.training.solved!.length}`;
    } else if (event.event.type === "step") {
      const { step, loss, secondsLeft } = event.event;
      const { steps } = run.training;
      tell(`${index} step ${Math.floor((10 * step) / steps)}`, [
        `step ${count(step)} of ${count(steps)}`,
        `loss ${loss.toPrecision(3)}${accuracy}`,
        `${duration(secondsLeft)} left`,
      ]);
    }
  };
}
