/** `longhand gradients scalar-rnn` and `scalar-lstm`: papers/002, exercise 2. */
import {
  curvesOverNumber,
  curvesOverSteps,
  curvesPicture,
  type DerivativeCurve,
  type Derived,
  deriveScalar,
  LonghandError,
  runScalar,
  type ScalarDerivation,
  type ScalarNetwork,
  type ScalarRun,
  type ScalarValues,
  scalarCases,
  scalarValueNames,
  scalarValues,
  unknownName,
} from "../src/index.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { writeOutput } from "./write-files.ts";

export interface ScalarOptions {
  output?: string;
  steps?: number;
  wrt?: string;
  case?: string;
  set?: readonly string[];
  over?: string;
  latex?: boolean;
}

export async function scalarVerb(network: ScalarNetwork, options: ScalarOptions, output: Output): Promise<void> {
  const { steps = 10, wrt = "W_in", latex = false, output: file } = options;
  const derivation = deriveScalar(network, wrt);
  if (steps < derivation.leastSteps) {
    throw new LonghandError(
      "argument",
      `--steps: received ${steps}, expected at least ${derivation.leastSteps}: inputs come at t = 1 and 2, the answer later`,
    );
  }
  const set = readNumbers(options.set ?? []);
  const chosen = options.case ?? scalarCases(network)[0]!.name;
  const values = scalarValues(network, chosen, set);
  const run = runScalar(network, values, steps);
  const curves =
    file === undefined ? undefined : curvesOf(derivation, { steps, set, case: chosen, over: options.over ?? "T" });
  if (file !== undefined && curves) await writeOutput(file, pictureOf(network, wrt, curves));

  const trajectory = trajectoryOf(derivation, run);
  const derivative = { formula: derivation.evaluate(run), backpropagation: run.derivatives[wrt]! };
  if (latex) printLatex(derivation, steps, output);
  else printText(derivation, run, { values, chosen, set: Object.keys(set), trajectory, derivative }, output);
  if (file !== undefined) {
    output.print();
    output.print(`${file}: |dy_T/d${wrt}| by ${curves!.axis}`);
  }
  const both = (of: (style: "text" | "latex") => unknown) => ({ text: of("text"), latex: of("latex") });
  output.result({
    network: network.name,
    wrt,
    steps,
    case: chosen,
    values,
    equations: both((style) => derivation.equations(style)),
    recursion: both((style) => derivation.recursion(style)),
    answer: both((style) => derivation.answer(style)),
    anyInputs: both((style) => derivation.anyInputs(style)),
    withSteps: both((style) => derivation.withSteps(steps, style)),
    y: run.y,
    derivative,
    trajectory,
    ...(curves && { file, curves: curves.series }),
  });
}

/** Numbers given as W_rec=1.5. */
function readNumbers(settings: readonly string[]): ScalarValues {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, name, text] = /^([^=]+)=(.+)$/.exec(setting) ?? [];
      const value = Number(text);
      if (name === undefined || !Number.isFinite(value)) {
        throw new LonghandError(
          "argument",
          `--set: received "${setting}", expected a name and a number, as in W_rec=1.5`,
        );
      }
      return [name, value];
    }),
  );
}

/** What a step holds. */
interface Row {
  readonly t: number;
  readonly given: Readonly<Record<string, number>>;
  readonly preactivation: number;
  readonly slope: number;
  readonly states: Readonly<Record<string, number>>;
  /** By how much the derivative of the state grows in this step. */
  readonly factor: number;
}

function trajectoryOf(derivation: ScalarDerivation, run: ScalarRun): Row[] {
  const { network } = derivation;
  return Array.from({ length: run.steps }, (_, k) => {
    const at = { from: "", offset: k + 1 } as const;
    const values = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, run.numberOf({ kind: "value", name, at })]));
    return {
      t: k + 1,
      given: values(network.sequences),
      preactivation: run.numberOf({ kind: "value", name: "a^h", at }),
      slope: run.numberOf({ kind: "slope", operator: "σ", name: "a^h", at }),
      states: values(network.states),
      factor: derivation.growth(run, k + 1),
    };
  });
}

function printText(
  derivation: ScalarDerivation,
  run: ScalarRun,
  numbers: {
    readonly values: ScalarValues;
    readonly chosen: string;
    readonly set: readonly string[];
    readonly trajectory: readonly Row[];
    readonly derivative: { readonly formula: number; readonly backpropagation: number };
  },
  output: Output,
): void {
  const { values, chosen, set, trajectory, derivative } = numbers;
  const { network, wrt } = derivation;
  const print = ({ left, right }: Derived) =>
    right.forEach((text, k) => {
      output.print(k === 0 ? `${left} = ${text}` : `${" ".repeat(left.length)} = ${text}`);
    });
  for (const derived of derivation.equations()) print(derived);
  output.print();
  for (const derived of derivation.recursion()) print(derived);
  output.print();
  print(derivation.answer());
  print(derivation.withSteps(run.steps));
  output.print();
  output.print("for any inputs");
  print(derivation.anyInputs());
  output.print();
  const { summary } = scalarCases(network).find(({ name }) => name === chosen)!;
  output.print(set.length > 0 ? `${chosen}, but for ${set.join(", ")}` : `${chosen}: ${summary}`);
  output.print(
    Object.entries(values)
      .map(([name, value]) => `${name} = ${short(value)}`)
      .join(", "),
  );
  output.print();
  const rows = trajectory.map(({ t, given, preactivation, slope, states, factor }) =>
    [t, ...Object.values(given), preactivation, slope, ...Object.values(states), factor].map(short),
  );
  const header = ["t", ...network.sequences, "a^h", "σ′(a^h)", ...network.states, "factor"];
  for (const line of table(
    header,
    rows,
    header.map((_, k) => k),
  ))
    output.print(line);
  output.print();
  const { backpropagation, formula } = derivative;
  output.print(`dy_${run.steps}/d${wrt} = ${formula} by the formula`);
  output.print(`${" ".repeat(`dy_${run.steps}/d${wrt}`.length)} = ${backpropagation} by backpropagation`);
}

function printLatex(derivation: ScalarDerivation, steps: number, output: Output): void {
  const lines = [
    ...derivation.equations("latex"),
    ...derivation.recursion("latex"),
    derivation.answer("latex"),
    derivation.withSteps(steps, "latex"),
  ].flatMap(({ left, right }) => right.map((text, k) => `${k === 0 ? left : ""} &= ${text}`));
  output.print("\\begin{align*}");
  lines.forEach((line, k) => {
    output.print(`  ${line}${k < lines.length - 1 ? " \\\\" : ""}`);
  });
  output.print("\\end{align*}");
}

/** At most five digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}

interface AxisCurves {
  readonly axis: string;
  readonly series: readonly DerivativeCurve[];
}

/** Which numbers a picture runs over, unless that is T. */
const ranges: Readonly<Record<string, readonly [low: number, high: number]>> = {
  W_rec: [0, 8],
  f: [0, 1.2],
  W_in: [-10, 10],
  W_out: [-10, 10],
  b_h: [-10, 10],
  b_y: [-10, 10],
  x: [-10, 10],
};
const POINTS = 241;
/** Less is off the picture: it is as good as nothing, and what is to be compared would lie in one line. */
const LEAST_SHOWN = 1e-16;

function curvesOf(
  { network, wrt, leastSteps: least }: ScalarDerivation,
  options: { readonly steps: number; readonly case: string; readonly set: ScalarValues; readonly over: string },
): AxisCurves {
  const { over, steps, set } = options;
  const isChosen = Object.keys(set).length > 0;
  if (over === "T") {
    const decisive = network.sequences.includes("f") ? "f" : "W_rec";
    const cases = scalarCases(network).filter(({ name }) => !isChosen || name === options.case);
    return {
      axis: "T",
      series: curvesOverSteps(
        network,
        wrt,
        cases.map(({ name }) => {
          const values = scalarValues(network, name, set);
          return { name: `${name}, ${settings(isChosen ? set : { [decisive]: values[decisive]! })}`, values };
        }),
        { from: least, to: Math.max(steps, least + 1) },
      ),
    };
  }
  const names = scalarValueNames(network);
  const range = names.includes(over) ? ranges[over] : undefined;
  if (!range) throw unknownName(`--over of ${network.name}`, over, ["T", ...names]);
  const [low, high] = range;
  const x = Array.from({ length: POINTS }, (_, k) => low + ((high - low) * k) / (POINTS - 1));
  const all = [...new Set([3, 5, 10, 20, 40].filter((T) => T < steps).slice(-3)), steps];
  return {
    axis: over,
    series: curvesOverNumber(network, wrt, x, (at) => scalarValues(network, options.case, { ...set, [over]: at }), all),
  };
}

const settings = (set: ScalarValues) =>
  Object.entries(set)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");

function pictureOf(network: ScalarNetwork, wrt: string, { axis, series }: AxisCurves): string {
  if (series.every(({ y }) => y.every((value) => !(value > 0)))) {
    throw new LonghandError(
      "argument",
      `gradients: dy_T/d${wrt} of ${network.name} is 0 everywhere, expected something to draw`,
    );
  }
  const values = series.flatMap(({ y }) => y.filter((value) => value > 0));
  const [low, high] = [Math.max(LEAST_SHOWN, Math.min(...values)), Math.max(...values)];
  return curvesPicture({
    title: `${network.name}: |dy_T/d${wrt}| by ${axis}`,
    x: { label: axis },
    y: { label: `|dy_T/d${wrt}|`, scale: "log", ...(low < high && { domain: [low, high] }) },
    series: series.map(({ name, x, y }) => ({ name, runs: [{ x, y }] })),
  });
}
