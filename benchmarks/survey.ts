/**
 * How often each task is learned: trains every task with both models, 20 seeds each, as recommended, and prints a table in
 * Markdown. `node dist/benchmarks/survey.js [task…]`. What `docs/learning.md` records.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const longhand = fileURLToPath(new URL("../cli/main.js", import.meta.url));
const everyTask = [
  ...["binary-addition", "binary-subtraction", "increment"],
  ...["base-4-addition", "base-10-addition", "base-10-subtraction"],
  ...["parity", "even-pairs", "cycle-navigation", "modular-arithmetic"],
];
const SEEDS = 20;

interface Result {
  readonly steps: number;
  readonly seconds: number;
  readonly solved: { readonly count: number; readonly length: number };
  readonly finding: {
    readonly length: number;
    readonly samples: number;
    readonly results: readonly { readonly exact: { readonly value: number } }[];
  };
}

/** Exit status 1 says that not every seed was solved: the result is printed all the same. */
function train(task: string, model: string, folder: string): Result {
  const run = ["train", task, "--model", model, "--population", `${SEEDS}`, "--run", folder, "--json"];
  try {
    return JSON.parse(
      execFileSync(process.execPath, [longhand, ...run], { encoding: "utf8", stdio: "pipe" }),
    ) as Result;
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status === 1 && stdout) return JSON.parse(stdout) as Result;
    throw error;
  }
}

const folder = mkdtempSync(join(tmpdir(), "longhand-survey-"));
try {
  console.log("| task | model | solved | at length | without error on longer problems | steps | seconds |");
  console.log("|---|---|---|---|---|---|---|");
  for (const task of process.argv.length > 2 ? process.argv.slice(2) : everyTask) {
    for (const model of ["ilrnn", "rnn"]) {
      const { steps, seconds, solved, finding } = train(task, model, join(folder, `${task}-${model}`));
      const right = finding.results.filter(({ exact }) => exact.value === 1).length;
      const longer = `${right} of ${SEEDS}, ${finding.samples} of length ${finding.length}`;
      console.log(
        `| ${task} | ${model} | ${solved.count} of ${SEEDS} | ${solved.length} | ${longer} | ${steps} | ${seconds.toFixed(0)} |`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
