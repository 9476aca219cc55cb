/**
 * A whole training, side by side: 100 ILRNNs learn binary addition, 2,500 steps, here and in PyTorch (`peers/trial.py`).
 * `node dist/benchmarks/training.js [--rounds 3] [--steps 2500]`. Each round runs every side once; medians are compared.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPython } from "./peers.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, steps: { type: "string", default: "2500" } },
});
const longhand = fileURLToPath(new URL("../cli/main.js", import.meta.url));
const trial = fileURLToPath(new URL("../../benchmarks/peers/trial.py", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "longhand-training-"));

interface Side {
  readonly name: string;
  readonly run: (round: number) => { readonly seconds: number; readonly solved: number };
  readonly seconds: number[];
  readonly solved: number[];
}

function json(program: string, parameters: readonly string[]): unknown {
  try {
    return JSON.parse(execFileSync(program, parameters, { encoding: "utf8", stdio: "pipe" }));
  } catch (error) {
    // Status 1 says that not every replica was solved.
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status === 1 && stdout) return JSON.parse(stdout);
    throw error;
  }
}

const python = (threads: number): Side => ({
  name: `pytorch, ${threads} thread${threads > 1 ? "s" : ""}`,
  run: () =>
    json(findPython(), [trial, "--threads", `${threads}`, "--steps", values.steps]) as {
      seconds: number;
      solved: number;
    },
  seconds: [],
  solved: [],
});

const ours: Side = {
  name: "longhand",
  run(round) {
    // Every step is taken, and looked at only at the end, as the other side does.
    const settings = ["--set", "solved.stop=false", "--set", `solved.every=${values.steps}`];
    const run = ["train", "binary-addition", "--population", "100", "--steps", values.steps, ...settings];
    const { seconds, solved } = json(process.execPath, [
      longhand,
      ...run,
      "--run",
      join(folder, `${round}`),
      "--json",
    ]) as {
      seconds: number;
      solved: { count: number };
    };
    return { seconds, solved: solved.count };
  },
  seconds: [],
  solved: [],
};

const sides = [ours, python(1), python(2)];
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const side of sides) {
      const { seconds, solved } = side.run(round);
      side.seconds.push(seconds);
      side.solved.push(solved);
      console.error(`round ${round + 1}: ${side.name}: ${seconds.toFixed(1)} s, ${solved} of 100 solved`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
console.log("| 100 seeds | seconds (median) | min–max | × longhand | solved |");
console.log("|---|---|---|---|---|");
for (const { name, seconds, solved } of sides) {
  const range = `${Math.min(...seconds).toFixed(1)}–${Math.max(...seconds).toFixed(1)}`;
  const ratio = (median(seconds) / median(ours.seconds)).toFixed(2);
  console.log(`| ${name} | ${median(seconds).toFixed(1)} | ${range} | ${ratio} | ${solved.join(", ")} |`);
}
