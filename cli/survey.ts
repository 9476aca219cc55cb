/** `longhand survey` */
import { join } from "node:path";
import type { Command } from "commander";
import {
  loadSurvey,
  makeSurvey,
  type Survey,
  type SurveyEvent,
  type SurveyRecord,
  surveyCurves,
  surveyRecord,
  thisMachine,
} from "../src/node.ts";
import { wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { stopOnSignals } from "./signals.ts";
import { curvesFile, surveyCurvesPicture, surveyPage, surveyPicture, surveyTable } from "./survey-page.ts";
import { table } from "./table.ts";
import { count, duration } from "./words.ts";
import { writeOutputs } from "./write-files.ts";

interface SurveyOptions {
  seeds?: number;
  run?: string;
  quick?: boolean;
}

export function addSurvey(program: Command, output: () => Output): void {
  program
    .command("survey")
    .summary("how often trainings with different settings learn a task, with proofs")
    .description(
      "Trains a population with each combination of settings, tests every network on long problems, proves those without an error, and writes a table. What is done already isn't done again. Exit status 1: it is unfinished.",
    )
    .argument("<survey>", "addition, paper, … or a JSON file like those in the folder surveys")
    .option("--seeds <n>", "networks of each combination (default: as in the configuration)", wholeNumber("--seeds", 1))
    .option("--run <folder>", "where the runs and the table go (default: runs/survey-<name>)")
    .option("--quick", "few networks, to see that it works")
    .action(async (survey: string, options: SurveyOptions) => {
      process.exitCode = await run(survey, options, output());
    });
}

async function run(name: string, options: SurveyOptions, output: Output): Promise<number> {
  const { seeds, quick = false } = options;
  const survey = await loadSurvey(name, { quick, ...(seeds !== undefined && { seeds }) });
  const folder = options.run ?? join("runs", `survey-${survey.name}${quick ? "-quick" : ""}`);
  const command = ["longhand survey", name, ...(quick ? ["--quick"] : []), ...(seeds ? [`--seeds ${seeds}`] : [])];
  using stop = stopOnSignals(output, "what is finished is kept");
  const tell = teller(output);
  for await (const event of makeSurvey(survey, { folder, signal: stop.signal })) {
    tell(event);
    // A table of what there is so far, in case that this takes long.
    if (event.type === "ready") await write(survey, folder, command.join(" "));
  }
  output.redraw?.("");
  const { record, files } = await write(survey, folder, command.join(" "));
  output.print(output.style("bold", record.title));
  const { header, rows, right } = surveyTable(record);
  for (const line of table(header, rows, right)) output.print(line);
  output.print();
  for (const file of files) output.print(file);
  if (!record.isComplete) output.print("Unfinished: the same command goes on.");
  output.result({ ...record, files });
  return record.isComplete ? 0 : 1;
}

/** Writes record, pictures and page of what there is so far. @returns the record, and their paths. */
async function write(
  survey: Survey,
  folder: string,
  command: string,
): Promise<{ record: SurveyRecord; files: string[] }> {
  const machine = thisMachine();
  const record = await surveyRecord(survey, folder);
  const curves = await surveyCurves(survey, folder);
  const contents: [string, string][] = [
    [
      `${record.survey}.json`,
      `${JSON.stringify({ ...record, command, machine, date: new Date().toISOString() }, undefined, 1)}\n`,
    ],
    [`${record.survey}.svg`, surveyPicture(record)],
    [`${record.survey}.md`, surveyPage(record, { command, machine, curves })],
    ...curves.map((one): [string, string] => [curvesFile(record, one), surveyCurvesPicture(one)]),
  ];
  await writeOutputs(folder, contents);
  return { record, files: contents.map(([file]) => join(folder, file)) };
}

/** Returns what tells of each event: a line drawn again in a terminal, a line a population elsewhere. */
function teller(output: Output): (event: SurveyEvent) => void {
  return (event) => {
    const place = `${event.index + 1} of ${event.of}: ${event.row.labels.join(", ")}`;
    if (event.type === "training" && event.event.type === "step") {
      const { step, loss, secondsLeft } = event.event;
      output.redraw?.([place, `step ${count(step)}`, `loss ${loss.toPrecision(3)}`, `${duration(secondsLeft)} left`]);
    } else if (event.type === "test") {
      output.redraw?.([place, `testing length ${count(event.length)}`]);
    } else if (event.type === "proof") {
      output.redraw?.([place, `proofs: ${event.done} of ${event.of}`]);
    } else if (event.type === "ready") {
      const { tests, proved, ending } = event.record;
      const rates = tests.map(({ without, length }) => `${without.successes} right at length ${count(length)}`);
      const proofs = proved ? [`${proved.successes} proved`] : [];
      const time = ending ? [`trained in ${duration(ending.seconds)}`] : [];
      output.note([place, ...rates, ...proofs, ...time].join(" · "));
    }
  };
}
