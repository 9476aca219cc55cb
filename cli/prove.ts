/** `longhand prove` */
import type { Command } from "commander";
import { exactTask, LonghandError, type Trained, type Verdict } from "../src/index.ts";
import { openTrained, type ProveTrainedOptions, proveTrained, type ReplicaVerdict } from "../src/node.ts";
import { previousCheckpointOption, replicaNumber, wholeNumbers } from "./options.ts";
import type { Output } from "./output.ts";
import { describeRefutation, printRefutation } from "./refutation.ts";
import { stopOnSignals } from "./signals.ts";
import { count, counted, duration, list } from "./words.ts";

interface ProveOptions {
  replica?: number | "all";
  output?: string;
  recent?: number[];
  refute?: boolean;
  previousCheckpoint?: boolean;
}

export function addProve(program: Command, output: () => Output): void {
  program
    .command("prove")
    .summary("prove a trained network right for every length, or find an input it gets wrong")
    .description(
      "Proves that what a run trained answers every input right, of any length, and writes a certificate; or finds an input on which it errs. Exit status 1: not every network is proved.",
    )
    .argument("<run>", "a run's folder")
    .option("--replica <number>", "one network of a population, or all (default: all)", replicaNumber)
    .option(
      "-o, --output <file>",
      "where the certificate of one network is written (default: certificates/replica-<n>.json in the run's folder)",
    )
    .option(
      "--recent <list>",
      "numbers of last letters by which sets of states are told apart, in the order of trials (default: 0,1,2,3,4)",
      wholeNumbers("--recent", 0),
    )
    .option("--no-refute", "don't look for an input that fails where no proof is found")
    .addOption(previousCheckpointOption)
    .action(async (folder: string, options: ProveOptions) => {
      process.exitCode = await proveVerb(folder, options, output());
    });
}

async function proveVerb(folder: string, options: ProveOptions, output: Output): Promise<number> {
  const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
  const { replica, recent, output: file } = options;
  const replicas = typeof replica === "number" ? [replica] : Array.from({ length: trained.population }, (_, k) => k);
  if (file !== undefined && replicas.length > 1) {
    throw new LonghandError(
      "argument",
      `prove: --output ${file} holds one certificate, expected --replica <number> too`,
    );
  }
  using stop = stopOnSignals(output, "the network at hand is finished");
  const proofs = await proveAll(output, trained, {
    replicas,
    refute: options.refute ?? true,
    signal: stop.signal,
    ...(file !== undefined && { file: () => file }),
    ...(recent && { recent }),
  });
  output.result({ ...proofs, stopped: stop.signal.aborted });
  if (stop.signal.aborted) return 130;
  return proofs.proved === proofs.verdicts.length ? 0 : 1;
}

/** Proves networks of a run and prints what came of it. @returns the result for --json. */
export async function proveAll(output: Output, trained: Trained, options: ProveTrainedOptions) {
  const total = options.replicas?.length ?? trained.population;
  const verdicts: ReplicaVerdict[] = [];
  const begin = performance.now();
  for await (const found of proveTrained(trained, options)) {
    verdicts.push(found);
    const proved = verdicts.filter(({ verdict }) => verdict.verdict === "proved").length;
    output.redraw?.(`proved ${proved} of ${verdicts.length} networks · ${total - verdicts.length} left`);
  }
  output.redraw?.("");
  const seconds = (performance.now() - begin) / 1000;
  printVerdicts(output, trained, verdicts, seconds);
  return summaryOf(trained, verdicts, seconds);
}

/** What --json prints: certificates lie in their files. */
function summaryOf(trained: Trained, verdicts: readonly ReplicaVerdict[], seconds: number) {
  const { folder, run, task, solved } = trained;
  const of = (kind: Verdict["verdict"]) => verdicts.filter(({ verdict }) => verdict.verdict === kind).length;
  return {
    folder,
    run,
    task: task.name,
    seconds,
    solved: verdicts.filter(({ replica }) => solved[replica]).length,
    proved: of("proved"),
    refuted: of("refuted"),
    unknown: of("unknown"),
    verdicts: verdicts.map(({ replica, verdict, file, seconds: own }) => ({
      replica,
      solved: solved[replica],
      verdict: verdict.verdict,
      seconds: own,
      ...(verdict.verdict === "proved" && {
        file,
        sets: verdict.certificate.sets.length,
        moves: verdict.certificate.moves.length,
        margin: verdict.certificate.margin,
        found: verdict.certificate.found,
        sha256: verdict.certificate.network.sha256,
      }),
      ...(verdict.verdict === "refuted" && describeRefutation(exactTask(task), verdict.refutation)),
      ...(verdict.verdict === "unknown" && { blocked: verdict.blocked, tried: verdict.tried }),
    })),
  };
}

/** What was proved, for people. */
function printVerdicts(output: Output, trained: Trained, verdicts: readonly ReplicaVerdict[], seconds: number): void {
  if (verdicts.length === 1) {
    printOne(output, trained, verdicts[0]!);
    return;
  }
  const { population, solved, task } = trained;
  const of = (kind: Verdict["verdict"]) => verdicts.filter(({ verdict }) => verdict.verdict === kind);
  const proved = of("proved");
  const isAll = proved.length === verdicts.length;
  const ofSolved = proved.filter(({ replica }) => solved[replica]).length;
  output.print(
    `${output.style(isAll ? "green" : "red", `proved ${count(proved.length)} of ${counted(verdicts.length, "network")}`)} right on ${task.name} of every length, in ${duration(seconds)}`,
  );
  const solvedCount = verdicts.filter(({ replica }) => solved[replica]).length;
  output.print(`  of ${count(solvedCount)} that count as solved: ${count(ofSolved)}`);
  const sets = proved.map(({ verdict }) => (verdict.verdict === "proved" ? verdict.certificate.sets.length : 0));
  if (sets.length > 0) output.print(`  sets of states: ${count(Math.min(...sets))} to ${count(Math.max(...sets))}`);
  for (const kind of ["refuted", "unknown"] as const) {
    const some = of(kind).map(({ replica }) => replica);
    if (some.length > 0) output.print(`  ${kind}: ${list(some)}`);
  }
  const [example] = of("refuted");
  if (example) {
    output.print();
    printOne(output, trained, example);
  }
  if (proved.length > 0) {
    output.print();
    output.print(`Certificates: ${proved[0]!.file}${population > 1 ? " …" : ""}; check one with a program of its own:`);
    output.print(`  longhand check ${proved[0]!.file}`);
  }
}

function printOne(output: Output, { task }: Trained, { replica, verdict, file, seconds }: ReplicaVerdict): void {
  switch (verdict.verdict) {
    case "proved": {
      const { sets, moves, margin } = verdict.certificate;
      output.print(
        `${output.style("green", "proved")}: no error on ${task.name}, whatever the length (${duration(seconds)})`,
      );
      output.print(
        `  ${counted(sets.length, "set")} of states, ${counted(moves.length, "move")} between them, least margin ${margin.toPrecision(3)}`,
      );
      if (file === null) return;
      output.print();
      output.print("Check the certificate with a program of its own:");
      output.print(`  longhand check ${file}`);
      return;
    }
    case "refuted":
      output.print(`${output.style("red", "refuted")}: network ${replica} errs`);
      printRefutation(output, exactTask(task), verdict.refutation);
      return;
    default: {
      output.print(`${output.style("red", "unknown")}: neither proved nor refuted`);
      output.print(`  ${verdict.blocked}`);
      for (const line of verdict.tried) output.print(`  tried ${line}`);
    }
  }
}
