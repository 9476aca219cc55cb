/** The C compiler of the machine, and the addons that it made, which are kept. Node only. */
import { LonghandError } from "../../errors.ts";

// Not imported: tools that bundle for browsers would follow them.
const builtin = {
  get files() {
    return process.getBuiltinModule("node:fs/promises");
  },
  get path() {
    return process.getBuiltinModule("node:path");
  },
  get system() {
    return process.getBuiltinModule("node:os");
  },
};

function execute(file: string, args: readonly string[]): Promise<{ stdout: string }> {
  const { execFile } = process.getBuiltinModule("node:child_process");
  return process.getBuiltinModule("node:util").promisify(execFile)(file, args, { maxBuffer: 2 ** 26 });
}

/** The compiler: `$CC`, or cc. */
function command(): string {
  return process.env.CC || "cc";
}

/** Where addons are kept: `$LONGHAND_CACHE`, or a folder of the user's cache. */
function cacheFolder(): string {
  const { join } = builtin.path;
  const { LONGHAND_CACHE: given, XDG_CACHE_HOME: cache = join(builtin.system.homedir(), ".cache") } = process.env;
  return given || join(cache, "longhand", "c");
}

/** So many addons are kept: those that were used last. */
const KEPT = 200;

const flags = [
  "-O3",
  "-std=gnu11",
  "-march=native",
  "-fPIC",
  "-shared",
  // Whole numbers wrap around, as the reference's do; nothing asks for errors of the floating point unit.
  "-fwrapv",
  "-fno-math-errno",
  "-fno-trapping-math",
  "-fopenmp-simd",
  "-mprefer-vector-width=512",
  "-Wno-psabi",
];
/** What only some compilers and processors know. */
const optional = ["-march=native", "-mprefer-vector-width=512", "-Wno-psabi"];

/** What the compiler says of itself. @throws LonghandError `runtime` where there is none. */
export async function compilerVersion(): Promise<string> {
  const { stdout } = await execute(command(), ["--version"]).catch((cause: unknown) => {
    throw new LonghandError("runtime", `no C compiler: ${command()} can't be run (${textOf(cause)})`, { cause });
  });
  return stdout.split("\n")[0]!.trim();
}

/**
 * Compiles an addon, or finds it where it was compiled before.
 * @param version of the compiler. @returns the path of the addon.
 */
export async function compileAddon(source: string, version: string): Promise<string> {
  const { createHash, randomUUID } = process.getBuiltinModule("node:crypto");
  const { mkdir, rename, rm, utimes, writeFile } = builtin.files;
  const { join } = builtin.path;
  const machine = [version, process.arch, process.platform, builtin.system.cpus()[0]?.model ?? "", ...flags];
  const key = createHash("sha256")
    .update(JSON.stringify([machine, source]))
    .digest("hex")
    .slice(0, 32);
  const folder = cacheFolder();
  const path = join(folder, `${key}.node`);
  const now = new Date();
  // Found: used now.
  if (
    await utimes(path, now, now).then(
      () => true,
      () => false,
    )
  )
    return path;
  // Code that will be run: nobody else may write there.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `${key}-${randomUUID()}`);
  try {
    await writeFile(`${draft}.c`, source);
    await translate(`${draft}.c`, `${draft}.node`);
    await rename(`${draft}.node`, path);
  } finally {
    await Promise.all([`${draft}.c`, `${draft}.node`].map((file) => rm(file, { force: true })));
  }
  await forgetOldest(folder);
  return path;
}

async function translate(from: string, to: string): Promise<void> {
  const { createRequire } = process.getBuiltinModule("node:module");
  const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers") as { include_dir: string };
  const own = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const run = (chosen: readonly string[]) =>
    execute(command(), [...chosen, ...own, "-I", headers, from, "-o", to, "-lm"]);
  await run(flags).catch(() =>
    run(flags.filter((flag) => !optional.includes(flag))).catch((cause: unknown) => {
      throw new LonghandError("runtime", `the C compiler ${command()} failed: ${textOf(cause)}`, { cause });
    }),
  );
}

async function forgetOldest(folder: string): Promise<void> {
  const { readdir, rm, stat } = builtin.files;
  const { join } = builtin.path;
  const files = (await readdir(folder)).filter((name) => name.endsWith(".node"));
  if (files.length <= KEPT) return;
  const aged = await Promise.all(
    files.map(async (name) => ({
      name,
      time: await stat(join(folder, name)).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    })),
  );
  aged.sort((a, b) => a.time - b.time);
  await Promise.all(aged.slice(0, files.length - KEPT).map(({ name }) => rm(join(folder, name), { force: true })));
}

/** The last lines of what a command said. */
function textOf(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  return (stderr || message || String(cause)).trim().split("\n").slice(-5).join("\n");
}
