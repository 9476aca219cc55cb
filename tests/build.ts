/** Builds the package and the lab before the tests when something is newer than what was built: some tests run what is built. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Whether a source is newer than what was built of it. */
function isStale(built: string, folders: readonly string[], endings: RegExp): boolean {
  const since = existsSync(built) ? statSync(built).mtimeMs : 0;
  return folders.some((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).some(
      (name) =>
        endings.test(name) && !/node_modules|\.test/.test(name) && statSync(join(root, folder, name)).mtimeMs > since,
    ),
  );
}

export default function build(): void {
  const built = join(root, "dist/cli/main.js");
  if (isStale(built, ["src", "cli"], /\.ts$/)) {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    try {
      execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "pipe" });
    } catch (error) {
      // Files are written in spite of wrong types, which are for the type check to tell.
      if (!existsSync(built)) throw error;
    }
  }
  if (isStale(join(root, "dist/lab/index.html"), ["src", "lab"], /\.(ts|svelte|css|html|svg|safetensors|json)$/)) {
    execFileSync("npm", ["run", "--silent", "build:lab"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  }
}
