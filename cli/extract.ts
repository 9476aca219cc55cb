/** `longhand extract` */
import { stat } from "node:fs/promises";
import type { Command } from "commander";
import {
  type Certificate,
  checkCertificate,
  type Extraction,
  extractFromCertificate,
  extractMachine,
  findTask,
  foreignPart,
  LonghandError,
  machineDiagram,
  networkOf,
  replicaOf,
  stateDiagram,
  transitionsOf,
} from "../src/index.ts";
import { openTrained, readCertificate } from "../src/node.ts";
import { previousCheckpointOption, replicaOption, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { count, counted, list } from "./words.ts";
import { writeOutput } from "./write-files.ts";

interface ExtractOptions {
  output?: string;
  replica?: number;
  states?: number;
  previousCheckpoint?: boolean;
}

/** What was extracted, and of what. */
interface Source {
  readonly task: string;
  readonly extraction: Extraction;
  /** What --json says of where it comes from. */
  readonly from: Readonly<Record<string, unknown>>;
}

/** Machines of more states are neither drawn nor listed. */
const mostShown = 64;

export function addExtract(program: Command, output: () => Output): void {
  program
    .command("extract")
    .summary("the finite machine that a network is")
    .description(
      "The minimal finite machine that a network is: of all its states where they are few, as in networks of step units, otherwise of a proof. Exit status 1: it isn't the minimal machine of its task.",
    )
    .argument("<source>", "a run's folder, or a certificate that `longhand prove` wrote")
    .option("-o, --output <file>", "also draw the machine, ending in .svg; a file that is there is replaced")
    .addOption(replicaOption)
    .option("--states <n>", "most states of a network that are looked at (default: 10,000)", wholeNumber("--states", 1))
    .addOption(previousCheckpointOption)
    .action(async (path: string, options: ExtractOptions) => {
      process.exitCode = await extract(path, options, output());
    });
}

async function extract(path: string, options: ExtractOptions, output: Output): Promise<number> {
  const { output: file } = options;
  if (file !== undefined && !file.endsWith(".svg")) {
    throw new LonghandError("argument", `extract: received "${file}", expected a name ending in .svg`);
  }
  const { task, extraction, from } = (await isFile(path))
    ? await ofCertificate(path, options)
    : await ofRun(path, options);
  const { machine, by, found, needed, difference } = extraction;
  const size = machine.states.length;
  if (file !== undefined) await draw(file, task, extraction);

  const what =
    by === "states" ? `${counted(found, "state")} of the network` : `${counted(found, "set")} of states in its proof`;
  output.print(`${task}: ${what}, ${count(size)} in its minimal machine`);
  output.print();
  printTransitions(output, extraction);
  output.print();
  if (difference) {
    const not = output.style("red", `It is not the minimal machine of ${task}`);
    output.print(`${not}, which has ${counted(needed, "state")}; they first differ on`);
    printDifference(output, extraction);
  } else output.print(output.style("green", `It is the minimal machine of ${task}.`));
  if (file !== undefined) {
    output.print();
    output.print(file);
  }
  const rows = (entries: Int32Array) => machine.states.map((_, k) => [...rowOf(entries, k, machine.letters.length)]);
  output.result({
    ...from,
    task,
    by,
    found,
    needed,
    isMinimal: !difference,
    machine: { ...machine, next: rows(machine.next), output: rows(machine.output) },
    difference: difference
      ? {
          word: difference.word.map((letter) => machine.letters[letter]),
          answer: difference.first,
          exact: difference.second,
        }
      : null,
    ...(file !== undefined && { file }),
  });
  return difference ? 1 : 0;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Opening it as a run says what is wrong.
    return false;
  }
}

async function ofRun(folder: string, options: ExtractOptions): Promise<Source> {
  const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
  const { replica } = replicaOf(trained, options.replica);
  const { states: limit } = options;
  const extraction = await extractMachine(networkOf(trained, replica), { ...(limit !== undefined && { limit }) });
  return { task: trained.task.name, extraction, from: { folder, run: trained.run, replica } };
}

async function ofCertificate(file: string, options: ExtractOptions): Promise<Source> {
  const ofRuns = { replica: "--replica", states: "--states", previousCheckpoint: "--previous-checkpoint" } as const;
  for (const [name, flag] of Object.entries(ofRuns)) {
    if (options[name as keyof typeof ofRuns] === undefined) continue;
    throw new LonghandError(
      "argument",
      `extract: ${flag} and a certificate came, expected ${flag} with a run's folder`,
    );
  }
  const value = await readCertificate(file);
  const checked = await checkCertificate(value);
  if (!checked.accepted) throw new LonghandError("format", `${file} is no certificate that holds: ${checked.reason}`);
  const certificate = value as Certificate;
  const foreign = foreignPart(certificate);
  if (foreign) {
    throw new LonghandError("format", `${file}: its ${foreign} is not what ${certificate.task} and its model have`);
  }
  return {
    task: findTask(certificate.task).name,
    extraction: extractFromCertificate(certificate),
    from: { certificate: file, sha256: certificate.network.sha256 },
  };
}

async function draw(file: string, task: string, { machine, by, difference }: Extraction): Promise<void> {
  if (machine.states.length > mostShown) {
    throw new LonghandError(
      "unsupported",
      `extract: a machine of ${count(machine.states.length)} states, expected at most ${mostShown} for a diagram; --json has all`,
    );
  }
  const size = machine.letters.length;
  const wrong =
    difference &&
    ([
      difference.word.slice(0, -1).reduce((state, letter) => machine.next[state * size + letter]!, machine.initial),
      difference.word.at(-1)!,
    ] as const);
  const diagram = machineDiagram(machine, {
    title: difference ? `Not the minimal machine of ${task}` : `The minimal machine of ${task}`,
    subtitle: `from ${by === "states" ? "all states" : "the proof"} of a network; letters/answer`,
    ...(wrong && { wrong }),
  });
  await writeOutput(file, stateDiagram(diagram));
}

function printTransitions(output: Output, { machine }: Extraction): void {
  const { states, letters, answers } = machine;
  if (states.length > mostShown) {
    output.print("too many states to list; --json has all");
    return;
  }
  let before = -1;
  const rows = transitionsOf(machine).map(({ from, to, output: answer, letters: own }) => {
    const name = from === before ? "" : states[from]!;
    before = from;
    const texts = own.map((letter) => letters[letter]!);
    return [name, list(texts, 10), answer < 0 ? "–" : answers[answer]!, states[to]!];
  });
  for (const row of table(["state", "letters", "answer", "next"], rows, [])) output.print(row);
}

function printDifference(output: Output, { machine, difference }: Extraction): void {
  const { letters, answers } = machine;
  const { word, first, second } = difference!;
  const shown = (answer: number | null) => (answer === null || answer < 0 ? "–" : answers[answer]!);
  const columns = word.map((letter, k) => [letters[letter]!, shown(first[k]!), shown(second[k]!)] as const);
  ["letters", "network", "exact"].forEach((name, row) => {
    const cells = columns.map((column) => column[row]!.padStart(Math.max(...column.map(({ length }) => length))));
    output.print(`  ${name.padEnd(7)}  ${cells.join(" ")}`);
  });
}

function rowOf(entries: Int32Array, state: number, size: number): Int32Array {
  return entries.subarray(state * size, (state + 1) * size);
}
