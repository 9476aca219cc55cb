/** Builds the package before the tests when something is newer than what was built: some tests run the built command line. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export default function build(): void {
  const built = join(root, "dist/cli/main.js");
  const since = existsSync(built) ? statSync(built).mtimeMs : 0;
  const isNewer = ["src", "cli"].some((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).some(
      (name) => name.endsWith(".ts") && !name.includes(".test") && statSync(join(root, folder, name)).mtimeMs > since,
    ),
  );
  if (!isNewer) return;
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { cwd: root, stdio: "pipe" });
  } catch (error) {
    // Files are written in spite of wrong types, which are for the type check to tell.
    if (!existsSync(built)) throw error;
  }
}
