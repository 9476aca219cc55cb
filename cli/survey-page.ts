/** A survey as a table and as a page. */
import { type Rate, ratesPicture } from "../src/index.ts";
import type { Machine, SurveyRecord, SurveyRowRecord } from "../src/node.ts";
import { markdownTable } from "./table.ts";
import { count, counted, describeMachine, duration } from "./words.ts";

/** A row a population. `right`: columns of numbers. */
export function surveyTable(record: SurveyRecord): { header: string[]; rows: string[][]; right: number[] } {
  const { axes, rows, prove } = record;
  const titles = testTitles(rows);
  const header = [
    ...axes,
    ...titles,
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
    const [{ tests, training }] = tested as [SurveyRowRecord];
    const { length, read } = tests[place]!;
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

/** The survey's page, in Markdown. */
export function surveyPage(record: SurveyRecord, { command, machine }: { command: string; machine: Machine }): string {
  const { title, survey, seeds, rows, prove, isComplete, isQuick } = record;
  const { header, rows: lines } = surveyTable(record);
  const machines = new Set(rows.flatMap(({ ending }) => (ending ? [describeMachine(ending.machine)] : [])));
  const finished = rows.flatMap(({ ending }) => ending?.finished ?? []).sort();
  const seconds = rows.reduce((sum, { ending, proofSeconds }) => sum + (ending?.seconds ?? 0) + proofSeconds, 0);
  const [test] = rows.flatMap(({ tests }) => tests.slice(0, 1));
  const explained = [
    `${counted(seeds, "network")} of each kind, trained at once, each with parameters and problems of its own.`,
    ...(test
      ? [`A network is right that makes no error on ${counted(test.samples, "random problem")} of a length`]
      : []),
    ...(prove ? ["and solved if it is at the first; what is proved holds for every input of every length"] : []),
  ];
  const paragraphs = [
    `# ${title}`,
    ...(isQuick ? ["This is the quick version: fewer networks, or shorter trainings."] : []),
    ...(isComplete ? [] : ["Unfinished: the same command goes on."]),
    `${explained[0]} ${explained.slice(1).join(", ")}. In brackets: 95% intervals.`,
    `![${title}](${survey}.svg)`,
    markdownTable(header, lines),
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
