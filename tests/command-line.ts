/** Running the built command line as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

export interface Ended {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed on standard output so far. */
  printed(): string;
  /** Resolves when standard error holds this text, or when the process ends. */
  says(text: string): Promise<void>;
}

/** Starts `longhand` with these arguments. */
export function start(args: readonly string[], options: { cwd?: string; stdin?: string } = {}): Started {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const look of waiting) look();
  });
  child.stdin.end(options.stdin ?? "");
  const ended = once(child, "close").then(([status, signal]): Ended => {
    return { status: status as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
  });
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!stderr.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => resolve());
    });
  return { child, ended, printed: () => stdout, says };
}

/** Runs `longhand` to its end. */
export function longhand(args: readonly string[], options: { cwd?: string; stdin?: string } = {}): Promise<Ended> {
  return start(args, options).ended;
}

/** Runs the command line with --json: the one object on standard output. @param status the expected exit status. */
export async function json(args: readonly string[], status = 0): Promise<Record<string, unknown>> {
  const ended = await longhand([...args, "--json"]);
  expect(ended.status, ended.stderr).toBe(status);
  expect(ended.stdout.trimEnd().split("\n")).toHaveLength(1);
  return JSON.parse(ended.stdout) as Record<string, unknown>;
}
