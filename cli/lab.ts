/** `longhand lab` */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { serveLab } from "../src/node.ts";
import { wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { stopOnSignals } from "./signals.ts";

interface LabOptions {
  runs?: string;
  port?: number;
  host?: string;
  open?: boolean;
}

export function addLab(program: Command, output: () => Output): void {
  program
    .command("lab")
    .summary("the web lab, in a browser")
    .description(
      "Serves the web lab and the runs of this machine to a browser, until Ctrl+C. Only this machine reaches it unless --host says otherwise.",
    )
    .argument("[folder]", "of a built page (default: the one that comes with Longhand)")
    .option("--runs <folder>", "a run's folder, or one with such folders in it (default: runs, where there is one)")
    .option("--port <n>", "to listen on; 0: any that is free (default: 8017)", wholeNumber("--port", 0))
    .option("--host <name>", "name or address to listen on (default: 127.0.0.1)")
    .option("--open", "open a browser at it")
    .action(async (folder: string | undefined, options: LabOptions) => {
      await lab(folder, options, output());
    });
}

async function lab(folder: string | undefined, options: LabOptions, output: Output): Promise<void> {
  const { host, port, runs = existsSync("runs") ? "runs" : undefined } = options;
  const served = {
    ...(folder !== undefined && { folder }),
    ...(runs !== undefined && { runs }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
  };
  using stop = stopOnSignals(output, "connections are closed");
  await using server = await serveLab(served);
  output.print(server.address);
  output.result({ address: server.address, runs: runs ?? null });
  if (!/^http:\/\/(localhost|127\.|\[::1\])/.test(server.address) || host === "0.0.0.0" || host === "::") {
    output.note("note: whoever reaches this machine can read the runs");
  }
  output.note(`${runs === undefined ? "no runs" : `runs in ${runs}`}; Ctrl+C ends it`);
  if (options.open) openBrowser(server.address, output);
  if (!stop.signal.aborted) await once(stop.signal, "abort");
}

/** Opens the system's browser; where there is none, says so. */
function openBrowser(address: string, output: Output): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", address]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", address]
        : ["xdg-open", address];
  const child = spawn(command!, args, { stdio: "ignore", detached: true });
  child.on("error", () => output.note(`note: no browser could be opened; visit ${address}`));
  child.unref();
}
