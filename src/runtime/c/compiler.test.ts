/** The compiler, and the addons that are kept: each is compiled once, the oldest are forgotten. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { input, mul, ndarray, program } from "../../graph/index.ts";
import { open } from "../open.ts";
import { compileAddon, compilerVersion } from "./compiler.ts";
import { cRuntime } from "./node.ts";

let folder: string;
/** A compiler that writes down what it is asked for. */
let calls: () => Promise<string[]>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-c-"));
  const [script, log] = [join(folder, "compiler"), join(folder, "log")];
  await writeFile(log, "");
  await writeFile(script, `#!/bin/sh\necho "$*" >> '${log}'\nexec cc "$@"\n`);
  await chmod(script, 0o755);
  vi.stubEnv("CC", script);
  vi.stubEnv("LONGHAND_CACHE", join(folder, "cache"));
  calls = async () => (await readFile(log, "utf8")).trimEnd().split("\n").filter(Boolean);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const kept = async () => (await readdir(join(folder, "cache"))).filter((name) => /^[0-9a-f]{32}/.test(name));
/** An addon's source, as short as can be. */
const source = (number: number) => `int answer(void) { return ${number}; }\n`;

describe("addons that are kept", () => {
  test("are compiled once: the second time no compiler runs and no file is made", async () => {
    const version = await compilerVersion();
    const path = await compileAddon(source(1), version);
    const before = { calls: await calls(), kept: await kept() };
    expect(before.calls).toHaveLength(2);
    expect(before.calls[0]).toBe("--version");
    expect(before.kept.map((name) => join(folder, "cache", name))).toEqual([path]);
    expect(await compileAddon(source(1), version)).toBe(path);
    expect({ calls: await calls(), kept: await kept() }).toEqual(before);
  });

  test("are others for another program or compiler", async () => {
    const version = await compilerVersion();
    const paths = [
      await compileAddon(source(1), version),
      await compileAddon(source(2), version),
      await compileAddon(source(1), `${version} of tomorrow`),
    ];
    expect(new Set(paths).size).toBe(3);
    expect(await kept()).toHaveLength(3);
  });

  test("may be asked for at the same time", async () => {
    const runtime = await cRuntime();
    const x = input("x", ["n"]);
    const square = program("square", { x }, { y: mul(x, x) });
    const executables = await Promise.all([1, 2, 3].map(() => runtime.compile(square)));
    for (const [k, executable] of executables.entries()) {
      const { y } = await executable.run({ x: ndarray(Float32Array.of(k + 2), [1]) });
      expect([...y!.data]).toEqual([(k + 2) ** 2]);
      await executable.close();
    }
    // Nothing is left of what was in the making.
    expect(await kept()).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.node$/)]);
  });

  test("are kept where others can't write", async () => {
    await compileAddon(source(1), await compilerVersion());
    expect((await stat(join(folder, "cache"))).mode & 0o777).toBe(0o700);
  });

  test("are forgotten beyond 1,000, those first that weren't used for longest", async () => {
    const version = await compilerVersion();
    const [oldest, used] = [await compileAddon(source(1), version), await compileAddon(source(2), version)];
    const age = (path: string, seconds: number) => utimes(path, seconds, seconds);
    await Promise.all(
      Array.from({ length: 1003 }, async (_, k) => {
        const path = join(folder, "cache", `${String(k).padStart(32, "0")}.node`);
        await writeFile(path, "");
        await age(path, 1_000_000 + k);
      }),
    );
    await age(oldest, 1000);
    await age(used, 2000);
    // Other people's, and older still.
    await mkdir(join(folder, "cache", "photographs"));
    await writeFile(join(folder, "cache", "letter.txt"), "");
    for (const name of ["photographs", "letter.txt"]) await age(join(folder, "cache", name), 500);
    // Asked for again: it is no longer old.
    expect(await compileAddon(source(2), version)).toBe(used);
    const newest = await compileAddon(source(3), version);
    const names = (await kept()).map((name) => join(folder, "cache", name)).sort();
    expect(names).toHaveLength(1000);
    expect(names).not.toContain(oldest);
    expect(names).toEqual(expect.arrayContaining([used, newest]));
    expect(await readdir(join(folder, "cache"))).toEqual(expect.arrayContaining(["photographs", "letter.txt"]));
    expect((await kept()).filter((name) => name.startsWith("00000")).sort()[0]).toBe(`${"0".repeat(31)}5.node`);
  });
});

describe("what is kept", () => {
  const x = input("x", ["n"]);
  const square = program("square", { x }, { y: mul(x, x) });
  const expectSquare = async () => {
    await using executable = await (await cRuntime()).compile(square);
    expect([...(await executable.run({ x: ndarray(Float32Array.of(6), [1]) })).y!.data]).toEqual([36]);
  };

  test.each(["", "not an addon", "\x7fELF"])("is made again when it is damaged: %j", async (bytes) => {
    await compileAddon(source(1), await compilerVersion());
    const others = new Set(await kept());
    const other = join(folder, "other");
    vi.stubEnv("LONGHAND_CACHE", other);
    await expectSquare();
    const [name] = await readdir(other);
    // A file that this process has loaded is another one.
    vi.stubEnv("LONGHAND_CACHE", join(folder, "cache"));
    await writeFile(join(folder, "cache", name!), bytes);
    await expectSquare();
    expect((await kept()).filter((file) => !others.has(file))).toEqual([name]);
    expect((await stat(join(folder, "cache", name!))).size).toBeGreaterThan(1000);
  });

  test("is made by one who asks; the others wait, unless that one has gone", async () => {
    const version = await compilerVersion();
    const path = await compileAddon(source(1), version);
    const log = (await calls()).length;
    await rm(path);
    const lock = `${path}.lock`;
    await writeFile(lock, String(process.pid));
    let isDone = false;
    const made = compileAddon(source(1), version).finally(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([isDone, (await calls()).length]).toEqual([false, log]);
    await rm(lock);
    expect(await made).toBe(path);
    expect(await calls()).toHaveLength(log + 1);
    await rm(path);
    // No process has this number.
    await writeFile(lock, String(2 ** 31 - 1));
    expect(await compileAddon(source(1), version)).toBe(path);
    expect(await kept()).toHaveLength(1);
  });

  test("has to have a folder: where that can't be, it is said which one could be another", async () => {
    const version = await compilerVersion();
    for (const place of [join(folder, "log"), join(folder, "log", "inside")]) {
      vi.stubEnv("LONGHAND_CACHE", place);
      await expect(compileAddon(source(1), version)).rejects.toMatchObject({
        name: "LonghandError",
        code: "runtime",
        message: expect.stringMatching(
          /can't be kept in .*log.* \((EEXIST|ENOTDIR).*\); LONGHAND_CACHE names another folder$/,
        ),
      });
    }
  });
});

describe("without a compiler that works", () => {
  const x = input("x", ["n"]);
  const square = program("square", { x }, { y: mul(x, x) });

  test("the runtime says which one can't be run", async () => {
    vi.stubEnv("CC", "/nonexistent");
    for (const opened of [cRuntime(), open("c")]) {
      await expect(opened).rejects.toMatchObject({
        name: "LonghandError",
        code: "runtime",
        message: expect.stringMatching(/^no C compiler: \/nonexistent can't be run \(.*ENOENT.*\)$/),
      });
    }
    vi.stubEnv("CC", "false");
    await expect(cRuntime()).rejects.toMatchObject({
      code: "runtime",
      message: expect.stringContaining("no C compiler: false"),
    });
  });

  test("what it said is told, and nothing is kept", async () => {
    const runtime = await cRuntime();
    const broken = join(folder, "broken");
    await writeFile(broken, "#!/bin/sh\necho 'fatal: no space for programs' >&2\nexit 1\n");
    await chmod(broken, 0o755);
    vi.stubEnv("CC", broken);
    await expect(runtime.compile(square)).rejects.toMatchObject({
      name: "LonghandError",
      code: "runtime",
      message: `the C compiler ${broken} failed: fatal: no space for programs`,
    });
    expect(await kept()).toEqual([]);
    // With one that works, the same runtime goes on.
    vi.stubEnv("CC", "");
    await using executable = await runtime.compile(square);
    expect([...(await executable.run({ x: ndarray(Float32Array.of(5), [1]) })).y!.data]).toEqual([25]);
  });

  test("flags that it doesn't know are left out", async () => {
    const plain = join(folder, "plain");
    await writeFile(
      plain,
      `#!/bin/sh\ncase "$*" in *-march=native*) echo unknown flag >&2; exit 1;; esac\nexec cc "$@"\n`,
    );
    await chmod(plain, 0o755);
    vi.stubEnv("CC", plain);
    await using executable = await (await cRuntime()).compile(square);
    expect([...(await executable.run({ x: ndarray(Float32Array.of(-3), [1]) })).y!.data]).toEqual([9]);
  });

  test("wrong C is shown with its place", async () => {
    const wrong = compileAddon("int answer(void) { return unknown_name; }\n", await compilerVersion());
    await expect(wrong).rejects.toMatchObject({ code: "runtime", message: expect.stringContaining("unknown_name") });
    expect(await kept()).toEqual([]);
  });
});
