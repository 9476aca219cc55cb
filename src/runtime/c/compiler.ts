/** The C compiler of the machine. Node only. */
import { LonghandError } from "../../errors.ts";
import { kept } from "./cache.ts";

/** The compiler: `$CC`, or cc. */
function command(): string {
  return process.env.CC || "cc";
}

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

function execute(args: readonly string[]): Promise<{ stdout: string }> {
  // Not imported: tools that bundle for browsers would follow it.
  const { execFile } = process.getBuiltinModule("node:child_process");
  return process.getBuiltinModule("node:util").promisify(execFile)(command(), args, { maxBuffer: 2 ** 26 });
}

/** What the compiler says of itself. @throws LonghandError `runtime` where there is none. */
export async function compilerVersion(): Promise<string> {
  const { stdout } = await execute(["--version"]).catch((cause: unknown) => {
    throw new LonghandError("runtime", `no C compiler: ${command()} can't be run (${textOf(cause)})`, { cause });
  });
  return stdout.split("\n")[0]!.trim();
}

/**
 * Compiles an addon, or finds it where it was compiled before.
 * @param version of the compiler. @returns the path of the addon.
 * @throws LonghandError `runtime` with what the compiler says; where the addon can't be kept.
 */
export async function compileAddon(source: string, version: string): Promise<string> {
  const { arch, platform } = process;
  const processor = process.getBuiltinModule("node:os").cpus()[0]?.model;
  const key = JSON.stringify([version, arch, platform, processor, flags, source]);
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256").update(key).digest("hex");
  return kept(`${hash.slice(0, 32)}.node`, async (path) => {
    const { rm, writeFile } = process.getBuiltinModule("node:fs/promises");
    try {
      await writeFile(`${path}.c`, source);
      await translate(`${path}.c`, path);
    } finally {
      await rm(`${path}.c`, { force: true });
    }
  });
}

async function translate(from: string, to: string): Promise<void> {
  const { createRequire } = process.getBuiltinModule("node:module");
  const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers") as { include_dir: string };
  const own = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const run = (chosen: readonly string[]) => execute([...chosen, ...own, "-I", headers, from, "-o", to, "-lm"]);
  await run(flags).catch(() =>
    run(flags.filter((flag) => !optional.includes(flag))).catch((cause: unknown) => {
      throw new LonghandError("runtime", `the C compiler ${command()} failed: ${textOf(cause)}`, { cause });
    }),
  );
}

/** The last lines of what a command said. */
function textOf(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  return (stderr || message || String(cause)).trim().split("\n").slice(-5).join("\n");
}
