/**
 * Compares training steps with other libraries:
 * `node dist/benchmarks/main.js [--case population,rnn,dngpu-body,dngpu-step] [--peer name,…] [--rounds 3] [--json]`.
 * Exit status 0; 1 when sides disagree; 2 on bad usage.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { LonghandError, unknownName } from "../src/errors.ts";
import { makeCase, workOf } from "./cases.ts";
import { type Agreement, bestRows, compareAll, type MissingRow, type Row, summarize, tolerance } from "./compare.ts";
import { type CaseName, caseNames } from "./contract.ts";
import {
  describe,
  listVariants,
  measureProducts,
  ourName,
  type ProductSpeed,
  runRounds,
  type Variant,
} from "./peers.ts";

interface Report {
  readonly case: CaseName;
  readonly sizes: string;
  readonly peers: readonly (Row | MissingRow)[];
  readonly variants: readonly Row[];
  readonly agreement: readonly Agreement[];
  /** Floating-point operations of a step's products, and the fastest large product measured before and after the rounds. */
  readonly work?: { readonly operations: number; readonly products: readonly ProductSpeed[] };
}

const command = new Command("benchmarks")
  .exitOverride()
  .description("Compares one training step with other libraries.")
  .option("--case <names>", `cases, of ${caseNames.join(", ")}`, caseNames.join(","))
  .option("--peer <names>", "only these peers")
  .option("--threads <n>", "only with this many threads")
  .option("--rounds <n>", "rounds; each runs every peer once", "3")
  .option("--iterations <n>", "timed steps of each process")
  .option("--json", "one JSON object on standard output", false);

interface Options {
  readonly case: string;
  readonly peer?: string;
  readonly threads?: string;
  readonly rounds: string;
  readonly iterations?: string;
  readonly json: boolean;
}

async function main(): Promise<number> {
  const options = command.parse().opts<Options>();
  const rounds = count("--rounds", options.rounds);
  const threads = options.threads === undefined ? undefined : count("--threads", options.threads);
  const iterations = options.iterations === undefined ? {} : { iterations: count("--iterations", options.iterations) };
  const names = options.case.split(",").map(chooseCase);
  const folder = mkdtempSync(join(tmpdir(), "longhand-bench-"));
  const reports: Report[] = [];
  try {
    for (const name of names) {
      const chosen = chooseVariants(name, options.peer);
      const variants = chosen.filter((variant) => threads === undefined || variant.threads === threads);
      const file = makeCase(name, iterations);
      const operations = workOf(file);
      const path = join(folder, `${name}.json`);
      writeFileSync(path, JSON.stringify(file));
      const before = operations ? measureProducts() : [];
      const measured = await runRounds(path, variants, rounds, (message) => console.error(`${name}: ${message}`));
      const report: Report = {
        case: name,
        sizes: describe(file),
        peers: bestRows(measured),
        variants: measured.filter(({ results }) => results.length > 0).map(summarize),
        agreement: compareAll(file, measured),
        ...(operations ? { work: { operations, products: fastest([...before, ...measureProducts()]) } } : {}),
      };
      reports.push(report);
      if (!options.json) console.log(format(report));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (options.json) {
    const machine = { processor: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
    console.log(JSON.stringify({ machine, rounds, tolerance, cases: reports }));
  }
  return reports.every(({ agreement }) => agreement.every(({ agrees }) => agrees)) ? 0 : 1;
}

function chooseCase(name: string): CaseName {
  const found = caseNames.find((each) => each === name);
  if (!found) throw unknownName("case", name, caseNames);
  return found;
}

function chooseVariants(name: CaseName, names: string | undefined): readonly Variant[] {
  const variants = listVariants(name);
  if (names === undefined) return variants;
  const known = [...new Set(caseNames.flatMap((each) => listVariants(each)).map(({ peer }) => peer))];
  const wanted = names.split(",");
  for (const each of wanted) if (!known.includes(each)) throw unknownName("peer", each, known);
  return variants.filter(({ peer }) => wanted.includes(peer));
}

/** The fastest measurement of each library. */
function fastest(speeds: readonly ProductSpeed[]): readonly ProductSpeed[] {
  const libraries = [...new Set(speeds.map(({ library }) => library))];
  return libraries.map((library) => {
    const own = speeds.filter((each) => each.library === library).map(({ gflops }) => gflops);
    return { library, gflops: Math.max(...own) };
  });
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new LonghandError("argument", `${option} is "${text}", expected a whole number of at least 1`);
  }
  return value;
}

/** A case as a table, and how far its peers' numbers differ. */
function format(report: Report): string {
  const ours = report.peers.find((row): row is Row => row.peer === ourName && "median" in row);
  const { operations = 0, products = [] } = report.work ?? {};
  const peak = Math.max(...products.map(({ gflops }) => gflops));
  const speed = (milliseconds: number) => operations / milliseconds / 1e6;
  const lines = report.peers.map((row) => {
    if ("skipped" in row) return [report.case, row.peer, "", `skipped: ${row.skipped}`];
    return [
      report.case,
      `${row.peer} ${row.version}`,
      String(row.threads),
      row.median.toFixed(2),
      `${row.low.toFixed(2)}–${row.high.toFixed(2)}`,
      ours ? (row.median / ours.median).toFixed(2) : "",
      row.processor.toFixed(2),
      row.compileSeconds.toFixed(1),
      ...(operations ? [speed(row.median).toFixed(1), `${((100 * speed(row.median)) / peak).toFixed(0)}%`] : []),
    ];
  });
  const heading = ["case", "peer", "threads", "median ms", "min–max", "× longhand", "processor ms", "first step s"];
  const table = columns([[...heading, ...(operations ? ["GFLOP/s", "of a product"] : [])], ...lines]);
  const measured = products.map(({ library, gflops }) => `${library} ${gflops.toFixed(0)}`).join(", ");
  const productLine = operations ? [`one product, 4096 × 4096 twice, GFLOP/s: ${measured}`] : [];
  const agreement = report.agreement.map(
    ({ peer, threads, reference, loss, parameters, worst, change, agrees }) =>
      `  ${agrees ? "agrees" : "DISAGREES"}: ${peer} (${threads}) with ${reference}: loss ${loss.toExponential(1)}, ` +
      `parameters ${parameters.toExponential(1)} (${worst}), their change ${change.toExponential(1)}`,
  );
  return [report.sizes, table, ...productLine, `relative differences (limit ${tolerance})`, ...agreement, ""].join(
    "\n",
  );
}

function columns(rows: readonly (readonly string[])[]): string {
  const heading = rows[0]!;
  const widths = heading.map((_, i) =>
    Math.max(...rows.map((row) => (row.length > i + 1 || row.length === heading.length ? row[i]!.length : 0))),
  );
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has printed the message
  } else if (error instanceof LonghandError) {
    console.error(error.message);
    process.exitCode = 2;
  } else throw error;
}
