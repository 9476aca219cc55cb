/** The layers of the code: who may import whom. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each layer may import, beside itself, `errors.ts` and `version.ts`. */
const layers: Readonly<Record<string, readonly string[]>> = {
  graph: [],
  random: [],
  // ONNX has cells among its operators: reading them makes cells.
  runtime: ["cells", "graph"],
  cells: ["graph", "random"],
  models: ["cells", "graph"],
  tasks: ["random"],
  evaluation: ["models", "tasks", "runtime", "graph", "random"],
  training: ["evaluation", "models", "cells", "tasks", "runtime", "graph", "random"],
  networks: ["models", "cells", "tasks", "runtime", "graph", "random"],
  algebra: [],
  analysis: ["algebra", "training", "evaluation", "networks", "models", "cells", "tasks", "runtime", "graph", "random"],
  proof: ["evaluation", "algebra", "networks", "models", "cells", "tasks", "runtime", "graph", "random"],
  // Checks what `proof` finds: shares nothing with it.
  check: [],
  files: ["graph"],
  trained: [
    "proof",
    "check",
    "files",
    "training",
    "evaluation",
    "networks",
    "models",
    "tasks",
    "runtime",
    "graph",
    "random",
  ],
  pictures: ["analysis", "proof", "networks", "evaluation", "training", "tasks", "graph"],
  runs: [
    "trained",
    "check",
    "files",
    "training",
    "evaluation",
    "analysis",
    "proof",
    "networks",
    "models",
    "cells",
    "tasks",
    "runtime",
    "graph",
    "random",
  ],
  server: ["files", "runs", "trained"],
};

interface Import {
  readonly to: string;
  readonly kind: "value" | "type" | "dynamic";
}

/** The files of a folder that are no tests. */
function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|svelte)$/.test(name) && !/\.test(-helper)?\.ts$|node_modules/.test(name))
    .map((name) => join(folder, name));
}

/** What a file's text imports; relative paths from the root, others as they are. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  for (const [, isType, names, path] of text.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?((?:[\w$*\s,]|\{[^}]*\})*?)\s*\bfrom\s+"([^"]+)"/gm,
  )) {
    const listed = /\{([^}]*)\}/
      .exec(names!)?.[1]
      ?.split(",")
      .filter((name) => name.trim() !== "");
    const onlyTypes = listed?.every((name) => /^\s*type\s/.test(name));
    found.push({ to: path!, kind: isType || onlyTypes ? "type" : "value" });
  }
  for (const [, path] of text.matchAll(/^\s*import\s+"([^"]+)"/gm)) found.push({ to: path!, kind: "value" });
  for (const [, path] of text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)) found.push({ to: path!, kind: "dynamic" });
  return found.map(({ to, kind }) => ({
    kind,
    to: to.startsWith(".") ? relative(root, resolve(root, dirname(file), to)) : to,
  }));
}

const source = filesOf("src");
const lab = filesOf("lab");
const imports = new Map([...source, ...filesOf("cli"), ...lab].map((file) => [file, importsOf(file)]));
const layerOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1];

test("the imports are read", () => {
  expect(imports.get("src/node.ts")).toContainEqual({ to: "src/runs/index.ts", kind: "value" });
  expect(imports.get("src/runtime/open.ts")).toContainEqual({ to: "src/runtime/onnx/node.ts", kind: "dynamic" });
  expect(imports.get("src/runtime/contract.ts")).toContainEqual({ to: "src/graph/array.ts", kind: "type" });
  // As many as the word "from" with a path occurs: none is written in a way that isn't read.
  for (const [file, found] of imports) {
    const text = readFileSync(join(root, file), "utf8");
    const written = text.match(/\bfrom "[^"]+";$|^\s*import "/gm)?.length ?? 0;
    expect(found.filter(({ kind }) => kind !== "dynamic").length, file).toBe(written);
  }
});

test("each layer imports only what it may", () => {
  const wrong = source.flatMap((file) => {
    const from = layerOf(file);
    if (from === undefined) return [];
    if (!layers[from]) return [`${file}: the layer ${from} is in no table`];
    return imports.get(file)!.flatMap(({ to }) => {
      if (!to.startsWith("src/")) return to.startsWith("..") ? [`${file} → ${to}`] : [];
      const into = layerOf(to);
      const isAllowed =
        into === undefined ? /^src\/(errors|version)\.ts$/.test(to) : into === from || layers[from]!.includes(into);
      return isAllowed ? [] : [`${file} → ${to}`];
    });
  });
  expect(wrong).toEqual([]);
});

test("the table itself has no cycle", () => {
  const above = (layer: string, seen: readonly string[]): void => {
    expect(seen, "a cycle of layers").not.toContain(layer);
    for (const below of layers[layer]!) above(below, [...seen, layer]);
  };
  for (const layer of Object.keys(layers)) above(layer, []);
});

test("the command line uses the public entries only", () => {
  for (const file of filesOf("cli")) {
    for (const { to } of imports.get(file)!) {
      if (to.startsWith("src/")) expect(["src/index.ts", "src/node.ts"], file).toContain(to);
    }
  }
});

test("the lab uses the public entry for pages, and libraries of its own; its rooms know nothing of each other", () => {
  expect(lab).toContain("lab/app/App.svelte");
  for (const file of lab.filter((name) => name !== "lab/vite.config.ts")) {
    for (const { to } of imports.get(file)!) {
      if (to.startsWith("lab/")) {
        const room = /^lab\/rooms\/([^/]+)/.exec(to)?.[1];
        const isKnown = room === undefined || file.startsWith(`lab/rooms/${room}/`);
        expect(isKnown || /^lab\/(app\/rooms|work\/jobs)\.ts$/.test(file), `${file} → ${to}`).toBe(true);
      } else expect(to, file).toMatch(/^(longhand$|svelte(\/|$)|katex(\/|$)|d3-)/);
    }
  }
});

test("only runtime/open.ts loads the engines, when they are asked for", () => {
  const engines = /^src\/runtime\/onnx\/(node|web)\.ts$/;
  for (const [file, found] of imports) {
    for (const { to, kind } of found.filter(({ to }) => engines.test(to))) {
      expect({ file, to, kind }).toEqual({ file: "src/runtime/open.ts", to, kind: "dynamic" });
    }
    for (const { to, kind } of found.filter(({ to }) => /^onnxruntime-(node|web)/.test(to))) {
      expect(file).toMatch(engines);
      expect({ to, kind }).toEqual({ to, kind: "dynamic" });
    }
  }
});

/** The files that loading a file loads, itself included; dynamic imports and types load nothing. */
function loadedBy(entry: string): Set<string> {
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const { to, kind } of imports.get(file) ?? []) if (kind === "value") seen.add(to);
  }
  return seen;
}

test("the entry for pages reaches nothing that needs Node", () => {
  const reached = [...loadedBy("src/index.ts")];
  expect(reached).toContain("src/training/trainer.ts");
  expect(reached.filter((path) => /^node:|^onnxruntime-(node|web)|^src\/(runs|server|node)/.test(path))).toEqual([]);
});

test("files don't import each other in circles", () => {
  const state = new Map<string, "open" | "done">();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "done") return;
    expect(state.get(file), [...path, file].join(" → ")).toBeUndefined();
    state.set(file, "open");
    for (const { to, kind } of imports.get(file) ?? []) {
      if (kind !== "type" && imports.has(to)) visit(to, [...path, file]);
    }
    state.set(file, "done");
  };
  for (const file of imports.keys()) visit(file, []);
});

test("the version is package.json's", async () => {
  const { VERSION } = await import("../src/version.ts");
  expect(VERSION).toBe((JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version);
});
