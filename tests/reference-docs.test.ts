/** docs/reference.md against the code: every verb, option, setting, task, model, operator and error, with its default. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { activationNames, initializerNames } from "../src/cells/index.ts";
import * as graph from "../src/graph/index.ts";
import { models } from "../src/models/index.ts";
import { compileReference } from "../src/runtime/reference/reference.ts";
import { classicTasks } from "../src/tasks/classic/index.ts";
import { drawnTasks, tasks } from "../src/tasks/index.ts";
import { completeConfig, trainingConfig } from "../src/training/index.ts";
import { tableUnder } from "./markdown.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(join(root, "docs/reference.md"), "utf8");
const rowsUnder = (heading: string) => tableUnder(page, heading).slice(1);
/** What a cell with a default says: JSON, or nothing. */
const fromCell = (cell: string | undefined): unknown => (cell ? JSON.parse(cell) : undefined);
/** The names in backquotes of a cell. */
const namesIn = (cell: string) => cell.replaceAll("`", "").split(/, /);

const minimal = { task: "parity", model: { name: "rnn" }, lengths: [1, 1] as [number, number] };

describe("command line", () => {
  const help = (...args: string[]) =>
    execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...args, "--help"], { encoding: "utf8" });
  const verbs = [...help().matchAll(/^ {2}([a-z]+)(?: \[options\])/gm)].map(([, verb]) => verb!);

  test("every verb", () => {
    const headings = [...page.matchAll(/^### longhand (\w+)$/gm)].map(([, verb]) => verb);
    expect(headings.sort()).toEqual([...verbs].sort());
  });
  test.each(verbs)("the options of %s", (verb) => {
    const options = [...help(verb).matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <[^>]+>)?)/gm)].map(([, option]) => option!);
    const own = options.filter((option) => option !== "--json" && option !== "--help");
    const rows = own.length === 0 ? [] : rowsUnder(`longhand ${verb}`);
    expect(rows.map(([option]) => option).sort()).toEqual(own.sort());
  });
  test("defaults that are settings", () => {
    const defaults = completeConfig({ task: "parity" });
    const rows = Object.fromEntries(
      rowsUnder("longhand train").map(([option, , value]) => [option!.split(" ")[0], value]),
    );
    expect(rows["--model"]).toBe(defaults.model.name);
    expect(rows["--seed"]).toBe(String(defaults.seed));
    expect(rows["--population"]).toBe(String(defaults.population));
    expect(rows["--runtime"]).toBe(defaults.runtime);
  });
});

describe("settings", () => {
  const rows = rowsUnder("Settings");
  const outer = rows.filter(([name]) => !name!.includes(".") && name !== "setting");
  const inner = rows.filter(([name]) => name!.includes("."));

  test("each with its default", () => {
    expect(outer.map(([name]) => name)).toEqual(Object.keys(trainingConfig.shape));
    const parsed: Record<string, unknown> = trainingConfig.parse(minimal);
    for (const [name, , value] of outer) {
      if (name! in minimal) expect(value, name).toBe("");
      else expect(fromCell(value), name).toEqual(parsed[name!]);
    }
  });
  test("and what is within them", () => {
    const parsed: Record<string, unknown> = trainingConfig.parse({
      ...minimal,
      curriculum: { start: 1 },
      bins: { lengths: [3] },
      saturation: {},
      sharing: {},
      gradientNoise: { scale: 1 },
      stateNoise: { scale: 1 },
      solved: { length: 1 },
    });
    const { perRate: _ } = trainingConfig.parse({ ...minimal, gradientNoise: { perRate: 1 } }).gradientNoise as {
      perRate: number;
    };
    const names = ["curriculum", "bins", "saturation", "sharing", "gradientNoise", "stateNoise", "solved"].flatMap(
      (name) => [
        ...Object.keys(parsed[name] as object).map((key) => `${name}.${key}`),
        ...(name === "gradientNoise" ? ["gradientNoise.perRate"] : []),
      ],
    );
    expect(inner.map(([name]) => name)).toEqual(names);
    for (const [name, , value] of inner) {
      const [part, key] = name!.split(".") as [string, string];
      const needed = { start: 1, scale: 1, length: 1, lengths: 1, perRate: 1 } as Record<string, unknown>;
      if (key in needed) expect(value, name).toBe("");
      else expect(fromCell(value), name).toEqual((parsed[part] as Record<string, unknown>)[key]);
    }
  });
  test("recommended ones", () => {
    const aligned = tasks.filter(({ machine }) => machine);
    const expected = aligned.map((task) => {
      const config = completeConfig({ task: task.name });
      const other = completeConfig({ task: task.name, model: { name: "rnn" } });
      expect(config.model.name).toBe("ilrnn");
      expect(other.model.activation).toBe("hard-sigmoid");
      expect(config.stateNoise?.growth).toBe(0.5);
      for (const key of ["steps", "lengths", "learningRate", "stateNoise", "solved"] as const) {
        expect(other[key], `${task.name}: ${key}`).toEqual(config[key]);
      }
      const [low, high] = config.lengths;
      const { layers } = config.model as unknown as { layers: number[] };
      const numbers = [config.steps, config.learningRate, config.stateNoise?.scale, config.solved?.length];
      const units = [layers.join(", "), other.model.hidden];
      return [task.name, low === high ? low : `${low}–${high}`, ...units, ...numbers].map(String);
    });
    expect(rowsUnder("Recommended settings")).toEqual(expected);
  });
  test("recommended ones of real data", () => {
    const rows = rowsUnder("Recommended for tasks drawn with their answers");
    const expected = rows.map(([task]) => {
      const { model, batch, steps, learningRate, schedule, stateNoise } = completeConfig({ task: task! });
      expect(schedule.name).toBe("linear");
      expect(stateNoise?.growth ?? 0.1).toBe(0.1);
      return [task!, model.name, model.hidden, batch, steps, learningRate, stateNoise?.scale ?? ""].map(String);
    });
    expect(rows).toEqual(expected);
    expect(rows).toHaveLength(5);
  });
  test("recommended ones of classic tasks", () => {
    const rows = rowsUnder("Recommended for classic tasks");
    const expected = classicTasks.map(({ name }) => {
      const { model, batch, steps, learningRate, schedule, stateNoise, solved } = completeConfig({ task: name });
      expect(schedule.name).toBe(name.startsWith("anbn") ? "linear" : "constant");
      const { length, cost, symbolAccuracy } = solved!;
      const numbers = [model.hidden, batch, steps, learningRate, stateNoise?.scale, length, cost, symbolAccuracy];
      return [name, model.name, ...numbers.map((number) => String(number ?? ""))];
    });
    expect(rows).toEqual(expected);
  });
  test.each(["optimizer", "schedule"] as const)("each %s with its options", (part) => {
    const rows = rowsUnder(part === "optimizer" ? "Optimizers" : "Schedules");
    for (const [name, , options] of rows) {
      const needed = /^`every`/.test(options!)
        ? { every: 1, factor: 1 }
        : /^`factor`/.test(options!)
          ? { factor: 1 }
          : {};
      const { name: _, ...parsed } = trainingConfig.parse({ ...minimal, [part]: { name, ...needed } })[part];
      expect(parsed, name).toEqual(Object.keys(needed).length > 0 ? needed : (fromCell(options) ?? {}));
    }
    const refused = trainingConfig.safeParse({ ...minimal, [part]: { name: "none of them" } });
    const known = (refused.error!.issues[0] as { options?: unknown[] }).options;
    expect(rows.map(([name]) => name)).toEqual(known);
  });
});

test("tasks", () => {
  expect(rowsUnder("Tasks")).toEqual(tasks.map(({ name, summary, example }) => [name, summary, example]));
});

test("tasks drawn with their answers", () => {
  const expected = drawnTasks.map(({ name, summary, defaultTrainLengths: [low, high] }) => [
    name,
    summary,
    `${low}–${high}`,
  ]);
  expect(rowsUnder("Tasks drawn with their answers")).toEqual(expected);
});

test("models and their options", () => {
  const rows = rowsUnder("Models").filter(([name]) => name !== "model");
  expect(rows.filter((row) => row.length === 2)).toEqual(models.map(({ name, summary }) => [name, summary]));
  // A row may be about several models.
  const shown: Record<string, Record<string, unknown>> = {};
  for (const [cell, option, , value] of rows.filter((row) => row.length === 4)) {
    for (const model of namesIn(cell!)) shown[model] = { ...shown[model], [option!]: fromCell(value) };
  }
  const expected = models.map(({ name, options }) => {
    const defaults: Record<string, unknown> = options.parse({});
    return [name, Object.fromEntries(Object.keys(options.shape).map((key) => [key, defaults[key]]))];
  });
  expect(shown).toEqual(Object.fromEntries(expected));
  const line = /^Activations: (.*)\.$/m.exec(page)![1]!;
  expect([...line.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(activationNames);
  const [, paragraph] = /^Initializers: ([\s\S]*?)\n\n/m.exec(page)!;
  const initial = [...paragraph!.matchAll(/`([^`]+)`/g)].map(([, name]) => name).filter((name) => name !== "rnn");
  expect(initial).toEqual(initializerNames);
});

test("every function that builds graphs", () => {
  /** Functions that say something about graphs and arrays, or work on whole graphs. */
  const others = [
    ...[
      "dtypeOf",
      "ndarray",
      "sizeOf",
      "elements",
      "evaluateDimension",
      "minus",
      "monomials",
      "openNames",
      "plus",
      "printShape",
      "formula",
      "recurrence",
    ],
    ...[
      "times",
      "gradient",
      "optimize",
      "bindDimensions",
      "program",
      "expose",
      "replaceInputs",
      "scanInputs",
      "describe",
    ],
    ...["boundsOf", "boundsOfSteps", "input", "place", "topologicalOrder", "unrollScans", "vectorize"],
  ];
  const shown = rowsUnder("Operators").flatMap(([cell]) => namesIn(cell!));
  expect([...shown, ...others].sort()).toEqual(Object.keys(graph).sort());
});

test("derivatives at kinks", () => {
  const at = (build: (x: graph.Tensor) => graph.Tensor, point: number) => {
    const x = graph.input("x", []);
    const [slope] = graph.gradient(build(x), [x]);
    return evaluateScalar(slope!, x, point);
  };
  expect(at(graph.abs, 0)).toBe(0);
  expect(at(graph.relu, 0)).toBe(0);
  expect([at(graph.hardTanh, -1), at(graph.hardTanh, 1), at(graph.hardTanh, 1.001)]).toEqual([1, 1, 0]);
  expect([at(graph.hardSigmoid, -1), at(graph.hardSigmoid, 1), at(graph.hardSigmoid, 0.999)]).toEqual([0, 0, 0.5]);
  expect(at((x) => graph.max(x, 3), 3)).toBe(1);
  expect(at((x) => graph.max(3, x), 3)).toBe(0);
  expect(
    at((x) => graph.reduceMax(graph.concat([graph.reshape(x, [1]), graph.reshape(graph.scalar(2), [1])], 0)), 2),
  ).toBe(0.5);
  expect([at(graph.step, 0.5), at(graph.straightThroughStep, 0.5), at(graph.straightThroughStep, 1)]).toEqual([
    0, 0.5, 0,
  ]);
});

function evaluateScalar(of: graph.Tensor, x: graph.Tensor, point: number): number {
  const program = graph.program("slope", { x }, { of });
  return compileReference(program).run({ x: graph.ndarray(Float64Array.of(point), []) }).of!.data[0]!;
}

test("error codes", () => {
  const source = readFileSync(join(root, "src/errors.ts"), "utf8");
  const codes = [.../ErrorCode =([\s\S]*?);/.exec(source)![1]!.matchAll(/"([\w-]+)"/g)].map(([, code]) => code);
  expect(rowsUnder("Errors").map(([code]) => code)).toEqual(codes);
});
