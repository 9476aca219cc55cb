/**
 * What README and docs say is tried: programs are type-checked against the package and run, commands are run by the built
 * command line, links lead somewhere. The blocks of a page run in order, in one folder. Marks: see `markdown.ts`.
 */
import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anchorsOf, type Block, blocksOf, holdsLines, linksOf } from "./markdown.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name)),
]
  .filter((name) => name.endsWith(".md"))
  .sort();
const read = (page: string) => readFileSync(join(root, page), "utf8");

/** A ts program: a block and those that continue it. */
interface Source {
  readonly name: string;
  readonly page: string;
  readonly first: Block;
  readonly text: string;
}

function sourcesOf(page: string): Source[] {
  const groups: Block[][] = [];
  for (const block of blocksOf(read(page)).filter(({ language }) => language === "ts")) {
    if ("continues" in block.marks) groups.at(-1)!.push(block);
    else groups.push([block]);
  }
  return groups.map((blocks, k) => ({
    name: `${page.replaceAll(/\W/g, "-")}-${k + 1}`,
    page,
    first: blocks[0]!,
    text: blocks.map(({ text, line }) => `// ${page}, line ${line}\n${text}`).join("\n"),
  }));
}

const sources = pages.flatMap(sourcesOf);

/** Inside the package, so that "longhand" is this package by its own exports. */
let workshop: string;
/** Where a command `longhand` lies. */
let bin: string;

beforeAll(() => {
  mkdirSync(join(root, "dist"), { recursive: true });
  workshop = mkdtempSync(join(root, "dist/docs-"));
  bin = join(workshop, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "longhand"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/cli/main.js")}" "$@"\n`,
  );
  chmodSync(join(bin, "longhand"), 0o755);
  for (const { name, text } of sources) writeFileSync(join(workshop, `${name}.ts`), text);
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    module: "NodeNext",
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    rootDir: ".",
    outDir: "out",
  };
  const files = sources.map(({ name }) => `${name}.ts`);
  writeFileSync(join(workshop, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
});
afterAll(() => rmSync(workshop, { recursive: true }));

test("the programs in the documentation have no type errors", () => {
  let errors = "";
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", workshop], {
      encoding: "utf8",
    });
  } catch (error) {
    errors = String((error as { stdout?: string }).stdout ?? error);
  }
  expect(errors).toBe("");
});

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: "1", PATH: `${bin}:${process.env.PATH}` };
  return new Promise((resolve) => {
    execFile(file, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error?.code;
      resolve({ status: error === null ? 0 : typeof code === "number" ? code : -1, stdout, stderr });
    });
  });
}

/** Commands that set things up: not run here, but the scripts and files that they name must be there. */
const isSetUp = (line: string) => /^(npm|npx|git|cd|pip|python3|node|apt|sudo)\b/.test(line);

function checkSetUp(line: string): void {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, name] of line.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)) expect(scripts).toHaveProperty([name!]);
  for (const [name] of line.matchAll(/\bnpm (?:test|start)\b/g)) expect(scripts).toHaveProperty(name.slice(4));
  for (const [, file] of line.matchAll(/\b(?:examples|benchmarks)\/([\w./-]+)/g)) {
    expect(existsSync(join(root, "examples", file!)) || existsSync(join(root, "benchmarks", file!)), line).toBe(true);
  }
}

async function runShell(block: Block, folder: string): Promise<Ended | undefined> {
  const lines = block.text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.some(isSetUp)) {
    for (const line of lines) {
      expect(isSetUp(line), `line ${block.line}: "${line}" beside commands that set things up`).toBe(true);
      checkSetUp(line);
    }
    return undefined;
  }
  const more = block.marks.with;
  const script = block.text.replaceAll(
    /^(longhand train\b.*?)(\s+#.*)?$/gm,
    (_, command: string) => `${command}${more === undefined ? "" : ` ${more}`}`,
  );
  const ended = await run("/bin/sh", ["-ec", script], folder);
  // With fewer steps than it needs a training may or may not solve its task.
  const allowed = more !== undefined ? [0, 1] : [Number(block.marks.exit ?? 0)];
  expect(allowed, `line ${block.line}:\n${script}\n${ended.stdout}\n${ended.stderr}`).toContain(ended.status);
  return ended;
}

describe.each(pages)("%s", (page) => {
  const text = read(page);
  const blocks = blocksOf(text);

  test("its links lead somewhere", () => {
    for (const target of linksOf(text)) {
      if (/^https?:/.test(target)) continue;
      const [path, anchor] = target.split("#") as [string, string?];
      const file = path === "" ? page : relative(root, join(root, dirname(page), path));
      expect(existsSync(join(root, file)), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(read(file)), `${page}: ${target}`).toContain(anchor);
    }
  });

  if (blocks.length === 0) return;
  test("its code does what it says", { timeout: 240_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "longhand-docs-"));
    symlinkSync(join(root, "examples"), join(folder, "examples")); // commands are given inside the clone
    let last: Ended | undefined;
    for (const block of blocks) {
      const at = `${page}, line ${block.line}`;
      switch (block.language) {
        case "ts": {
          const source = sources.find((one) => one.page === page && one.first.line === block.line);
          if (!source) break; // it continues one that has run
          last = await run(process.execPath, [join(workshop, "out", `${source.name}.js`)], folder);
          expect(last, at).toMatchObject({ status: 0 });
          break;
        }
        case "js": {
          const file = join(workshop, `line-${block.line}.js`);
          writeFileSync(file, block.text);
          last = await run(process.execPath, [file], folder);
          expect(last, at).toMatchObject({ status: 0 });
          break;
        }
        case "sh":
          last = (await runShell(block, folder)) ?? last;
          break;
        case "python": {
          const file = join(folder, "block.py");
          writeFileSync(file, block.text);
          const compiled = await run("python3", ["-m", "py_compile", file], folder);
          if (compiled.status !== -1) expect(compiled, at).toMatchObject({ status: 0 });
          break;
        }
        case "json":
          if (block.marks.file !== undefined) writeFileSync(join(folder, block.marks.file), block.text);
          expect(() => JSON.parse(block.text) as unknown, at).not.toThrow();
          break;
        case "jsonl":
          for (const line of block.text.trim().split("\n")) expect(() => JSON.parse(line) as unknown, at).not.toThrow();
          break;
        case "text":
          if ("prints" in block.marks) {
            const output = `${last?.stdout ?? ""}`;
            expect(holdsLines(output, block.text), `${at}:\n${block.text}\nprinted was:\n${output}`).toBe(true);
          }
          break;
        default:
          expect.fail(`${at}: a block of "${block.language}", which no test reads`);
      }
    }
    rmSync(folder, { recursive: true });
  });
});

test("the examples run", async () => {
  for (const name of readdirSync(join(root, "examples")).filter((file) => file.endsWith(".mjs"))) {
    const folder = mkdtempSync(join(tmpdir(), "longhand-example-"));
    const file = join(folder, "out.svg");
    const ended = await run(process.execPath, [join(root, "examples", name), file], root);
    expect(ended, name).toMatchObject({ status: 0 });
    expect(ended.stdout, name).toContain("387+18 = 405, exact: 405");
    expect(readFileSync(file, "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    rmSync(folder, { recursive: true });
  }
});

describe("reading pages", () => {
  test("blocks have their marks and lines", () => {
    const page = "# A\n\n<!-- with: --steps 5 -->\n\n```sh\nlonghand tasks\n```\ntext\n```ts\nlet a = 1;\n```\n";
    expect(blocksOf(page)).toEqual([
      { language: "sh", text: "longhand tasks\n", line: 6, marks: { with: "--steps 5" } },
      { language: "ts", text: "let a = 1;\n", line: 10, marks: {} },
    ]);
  });
  test("lines are looked for in order", () => {
    expect(holdsLines("a  b\nc\nd 12 e\n", "a b\n…\nd … e")).toBe(true);
    expect(holdsLines("c\na b\n", "a b\nc")).toBe(false);
    expect(holdsLines("a.b", "a?b")).toBe(false);
  });
  test("links and anchors", () => {
    expect(linksOf('[a](b.md#c) `[no](no)` <img src="d.svg">\n```sh\n[x](y)\n```\n')).toEqual(["b.md#c", "d.svg"]);
    expect(anchorsOf("# A `b`: c\n## D-e")).toEqual(["a-b-c", "d-e"]);
  });
});
