/** `longhand tasks` and `longhand models` */
import type { Command } from "commander";
import { completeConfig, drawnTasks, models, tasks } from "../src/index.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";

export function addLists(program: Command, output: () => Output): void {
  program
    .command("tasks")
    .description("Lists the tasks that networks can be trained on.")
    .action(() => printTasks(output()));
  program
    .command("models")
    .description("Lists the models with their options and defaults, for --set.")
    .action(() => printModels(output()));
}

/** Names of the models that answer at each step, and of those that read the whole problem first. */
const [steps, wholes] = [false, true].map((isWhole) =>
  models
    .filter((kind) => (kind.build({}, { channels: [3], answers: 3 }).width !== undefined) === isWhole)
    .map(({ name }) => name),
) as [string[], string[]];

/** Names of the models that read numbers too. */
const recurrent = steps.filter((name) => name !== "ilrnn");

function printTasks(output: Output): void {
  const rows = tasks.map((task) => ({
    name: task.name,
    summary: task.summary,
    example: task.example,
    aligned: task.machine !== undefined,
    defaults: completeConfig({ task: task.name, ...(!task.machine && { model: { name: wholes[0] } }) }),
    inputs: task.channels.map((alphabet) => alphabet.length),
    answers: task.output.length,
    structured: Object.keys(task.structured ?? {}),
    source: task.source,
  }));
  const group = (isAligned: boolean, names: readonly string[], title: string, also: string) => {
    const cells = rows
      .filter(({ aligned }) => aligned === isAligned)
      .map(({ name, example, defaults, summary }) => [name, example, range(defaults.lengths), summary]);
    output.print(`${output.style("bold", title)} (--model ${names.join(" or ")})`);
    output.print();
    for (const line of table(["task", "example", "trained lengths", "what is asked"], cells, [2])) output.print(line);
    output.print();
    output.print(also);
  };
  group(
    true,
    steps,
    "Answered a step at a time",
    "Also base-<b>-addition, base-<b>-subtraction, base-<b>-increment (b from 2 to 36),\nmodular-arithmetic-<m> and cycle-navigation-<n> (from 2 to 64), count-modulo-<n> (from 3 to 64).",
  );
  output.print();
  group(
    false,
    wholes,
    "Read as a whole, then answered",
    "Also unaligned-base-<b>-addition and base-<b>-multiplication (b from 2 to 10).",
  );
  output.print();
  const drawn = drawnTasks.map((task) => ({
    name: task.name,
    summary: task.summary,
    example: task.example,
    defaults: completeConfig({ task: task.name }),
    inputs: task.features ?? task.channels.map((alphabet) => alphabet.length),
    answers: task.values ?? task.output.length,
    source: task.source,
  }));
  output.print(
    `${output.style("bold", "Numbers and data, drawn with their answers")} (--model ${recurrent.join(" or ")})`,
  );
  output.print();
  const cells = drawn.map(({ name, defaults, summary }) => [name, range(defaults.lengths), summary]);
  for (const line of table(["task", "trained lengths", "what is asked"], cells, [1])) output.print(line);
  output.result({ tasks: rows, drawn });
}

function printModels(output: Output): void {
  const rows = models.map(({ name, summary, source, options }) => {
    const defaults: Record<string, unknown> = options.parse({});
    const known = Object.keys(options.shape);
    return { name, summary, source, options: Object.fromEntries(known.map((key) => [key, defaults[key] ?? null])) };
  });
  for (const { name, summary, source, options } of rows) {
    output.print(`${output.style("bold", name)}: ${summary}`);
    output.print(`  ${source}`);
    const cells = Object.entries(options).map(([key, value]) => [
      `model.${key}`,
      value === null ? "–" : JSON.stringify(value),
    ]);
    for (const line of table(["option", "default"], cells, [])) output.print(`  ${line}`);
    output.print();
  }
  output.result({ models: rows });
}

function range([low, high]: readonly [number, number]): string {
  return low === high ? String(low) : `${low}–${high}`;
}
