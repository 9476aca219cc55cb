/** A survey as a table and as a page. */
import { curvesPicture, findAnyTask, type Rate, ratesPicture } from "../src/index.ts";
import type { Machine, SurveyCurves, SurveyRecord, SurveyRowRecord } from "../src/node.ts";
import { markdownTable } from "./table.ts";
import { costOf, count, counted, criterion, describeMachine, duration, median } from "./words.ts";

/** What is measured of networks of tasks that are drawn with their answers, or where it is asked for: a column each. */
const measures: readonly {
  readonly title: string;
  isMeasured(row: SurveyRowRecord): boolean;
  show(row: SurveyRowRecord): string;
}[] = [
  {
    title: "steps until solved",
    isMeasured: ({ tests }) => tests[0]?.costs !== undefined,
    show: ({ solvedAt }) => spread(solvedAt, count),
  },
  {
    title: "error",
    isMeasured: ({ tests }) => tests[0]?.costs !== undefined,
    show: ({ tests }) => spread(tests[0]?.costs ?? [], (error) => error.toPrecision(2)),
  },
  {
    title: "holds up to",
    isMeasured: ({ reached }) => reached !== null,
    show: ({ reached }) => spread(reached ?? [], count),
  },
];

/** "120 (90–340)": the median and the range of those that there are; "–" where there are fewer than half. */
function spread(given: readonly (number | null)[], show: (value: number) => string): string {
  const found = given.filter((value) => value !== null);
  if (found.length === 0) return "–";
  const [low, high] = [Math.min(...found), Math.max(...found)].map(show) as [string, string];
  const middle = median(given.map((value) => value ?? Number.POSITIVE_INFINITY));
  const range = low === high ? low : `${low}–${high}`;
  return `${Number.isFinite(middle) ? show(middle) : "–"} (${range})`;
}

/** A row a population. `right`: columns of numbers. */
export function surveyTable(record: SurveyRecord): { header: string[]; rows: string[][]; right: number[] } {
  const { axes, rows, prove } = record;
  const titles = testTitles(rows);
  const measured = measures.filter(({ isMeasured }) => rows.some(isMeasured));
  const header = [
    ...axes,
    ...titles,
    ...measured.map(({ title }) => title),
    ...(prove ? ["proved, of solved"] : []),
    ...["loss at the end", "steps", "seconds"],
    ...(prove ? ["seconds of proof"] : []),
  ];
  const lines = rows.map((row) => {
    const { labels, ending, diverged, proved, proofSeconds, solved } = row;
    const isProved = proved !== null && proved.trials === solved.length && solved.length > 0;
    return [
      ...labels,
      ...titles.map((_, k) => cell(row.tests[k]?.without)),
      ...measured.map(({ isMeasured, show }) => (isMeasured(row) ? show(row) : "–")),
      ...(prove ? [isProved ? cell(proved) : solved.length > 0 ? "unfinished" : "–"] : []),
      row.loss === null ? "–" : row.loss.toPrecision(2),
      ending ? `${count(ending.step)}${diverged > 0 ? ` (${diverged} diverged)` : ""}` : "not trained",
      ending ? ending.seconds.toFixed(0) : "–",
      ...(prove ? [isProved ? proofSeconds.toFixed(0) : "–"] : []),
    ];
  });
  const right = header.flatMap((_, k) => (k < axes.length ? [] : [k]));
  return { header, rows: lines, right };
}

/** "98 of 100 (93–99%)": with the 95% interval. */
function cell(rate: Rate | undefined): string {
  if (!rate) return "–";
  const { successes, trials, low, high } = rate;
  return `${successes} of ${trials} (${Math.round(100 * low)}–${Math.round(100 * high)}%)`;
}

/** Titles of the columns of tests: with the length where it is the same for all populations. */
function testTitles(rows: readonly SurveyRowRecord[]): string[] {
  const most = Math.max(0, ...rows.map(({ tests }) => tests.length));
  return Array.from({ length: most }, (_, place) => {
    const tested = rows.filter(({ tests }) => tests.length > place);
    const lengths = new Set(tested.map(({ tests }) => tests[place]!.length));
    const factors = new Set(tested.map(({ tests, training }) => tests[place]!.length / training.lengths[1]));
    const [{ tests, training }] = tested as [SurveyRowRecord];
    const { length, read } = tests[place]!;
    if (tests[0]!.costs) return place === 0 ? "solved" : `passes test ${place + 1}`;
    if (lengths.size > 1 && factors.size > 1) return place === 0 ? "right" : `right in test ${place + 1}`;
    const where =
      lengths.size === 1 ? `length ${count(length)}` : `${count(length / training.lengths[1])} × trained length`;
    return `right${read === "logits" ? "" : ` ${read}`} at ${where}`;
  });
}

/** The first test's rates as a picture, with the networks that are proved. */
export function surveyPicture({ title, rows, prove }: SurveyRecord): string {
  return ratesPicture({
    title,
    name: testTitles(rows)[0] ?? "right",
    ...(prove && { within: "proved for every length" }),
    bars: rows.map(({ labels, tests, proved }) => ({
      label: labels.join(", "),
      rate: tests[0]?.without ?? null,
      ...(proved && { within: proved.successes }),
    })),
  });
}

/** How the losses of a value of the first axis fell. */
export function surveyCurvesPicture({ label, series }: SurveyCurves): string {
  return curvesPicture({
    title: `${label}: the loss of a batch`,
    x: { label: "step" },
    y: { label: "loss", scale: "log" },
    middle: "median",
    run: "network",
    series: series.map(({ label: name, networks }) => ({
      name,
      runs: networks.map(({ steps, losses }) => ({ x: steps, y: losses })),
    })),
  });
}

/** Where that picture goes. */
export function curvesFile({ survey }: Pick<SurveyRecord, "survey">, { slug }: SurveyCurves): string {
  return `${survey}-${slug}.svg`;
}

/** What the columns mean, and what each task asks for. */
function explainMeasures(rows: readonly SurveyRowRecord[]): string {
  const tasks = new Map<string, string>();
  for (const { training, tests } of rows) {
    const [first] = tests;
    if (!first || tasks.has(training.task)) continue;
    const task = findAnyTask(training.task);
    const passed = criterion(task, training.solved ?? {});
    const [low, high] = training.lengths;
    const trained = low === high ? `length ${count(low)}` : `lengths ${count(low)} to ${count(high)}`;
    tasks.set(
      task.name,
      `- \`${task.name}\`, trained with ${trained}; solved: ${passed} on ${counted(first.samples, "new problem")} of length ${count(first.length)}`,
    );
  }
  const hasReach = rows.some(({ reached }) => reached !== null);
  return [
    `After the rates, numbers are medians of the networks, with the least and the greatest in brackets. Steps until solved: until the first look at other problems that was passed; the median counts all networks, so it is "–" where fewer than half ever passed. Error: ${[...new Set(rows.flatMap(({ training }) => costOf(findAnyTask(training.task))?.name ?? []))].join(" or ")} on the problems of the test.${hasReach ? " Holds up to: the greatest length such that all words up to it are accepted." : ""}`,
    [...tasks.values()].join("\n"),
  ].join("\n\n");
}

/** The survey's page, in Markdown. */
export function surveyPage(
  record: SurveyRecord,
  { command, machine, curves = [] }: { command: string; machine: Machine; curves?: readonly SurveyCurves[] },
): string {
  const { title, survey, seeds, rows, prove, isComplete, isQuick } = record;
  const { header, rows: lines } = surveyTable(record);
  const machines = new Set(rows.flatMap(({ ending }) => (ending ? [describeMachine(ending.machine)] : [])));
  const finished = rows.flatMap(({ ending }) => ending?.finished ?? []).sort();
  const seconds = rows.reduce((sum, { ending, proofSeconds }) => sum + (ending?.seconds ?? 0) + proofSeconds, 0);
  const [test] = rows.flatMap(({ tests }) => tests.slice(0, 1));
  const explained = [
    `${counted(seeds, "network")} of each kind, trained at once, each with parameters and problems of its own.`,
    ...(test && !test.costs
      ? [`A network is right that makes no error on ${counted(test.samples, "random problem")} of a length`]
      : []),
    ...(prove ? ["and solved if it is at the first; what is proved holds for every input of every length"] : []),
  ];
  const paragraphs = [
    `# ${title}`,
    ...(isQuick ? ["This is the quick version: fewer networks, or shorter trainings."] : []),
    ...(isComplete ? [] : ["Unfinished: the same command goes on."]),
    `${[explained[0], ...(explained.length > 1 ? [`${explained.slice(1).join(", ")}.`] : [])].join(" ")} In brackets: 95% intervals.`,
    `![${title}](${survey}.svg)`,
    markdownTable(header, lines),
    ...(test?.costs ? [explainMeasures(rows)] : []),
    ...curves.map((one) => `![${one.label}: the loss of a batch](${curvesFile(record, one)})`),
    [
      `- Trained on: ${[...machines].join("; ") || "nothing is trained yet"}`,
      ...(finished.length > 0 ? [`- Trained until: ${finished.at(-1)!.slice(0, 10)}`] : []),
      `- All trainings and proofs together: ${duration(seconds)}`,
      `- Drawn up by: ${describeMachine(machine)}`,
      `- Command: \`${command}\``,
      `- All numbers and settings: [${survey}.json](${survey}.json)`,
    ].join("\n"),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}
