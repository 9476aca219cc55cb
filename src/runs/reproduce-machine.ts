/** Where a result comes from: the machine and the program. Node only. */
import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { VERSION } from "../version.ts";

export const machineSchema = z.object({
  cpu: z.string(),
  cores: z.int(),
  platform: z.string(),
  node: z.string(),
  longhand: z.string(),
  /** Git commit of the program, with "+" where files differ from it; null where it isn't run from its repository. */
  commit: z.string().nullable(),
});

/** The machine and the versions of what runs on it. */
export type Machine = z.output<typeof machineSchema>;

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    longhand: VERSION,
    commit: commitOf(packageFolder()),
  };
}

/** The package's own folder, whether this is run from source or built. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

function commitOf(folder: string): string | null {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    // Installed as a dependency, it lies in somebody else's repository.
    if (realpathSync(git("rev-parse", "--show-toplevel")) !== realpathSync(folder)) return null;
    const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "HEAD")}${isChanged ? "+" : ""}`;
  } catch {
    return null;
  }
}
