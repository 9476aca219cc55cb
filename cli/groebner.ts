/** `longhand groebner` */
import type { Command } from "commander";
import {
  coveringProblems,
  decideSystem,
  defaultGroebnerLimits,
  findModel,
  findTask,
  formatPolynomial,
  type GroebnerLimitReached,
  type GroebnerLimits,
  type GroebnerSpent,
  type KnownParameters,
  LonghandError,
  monomialOrders,
  namedExamples,
  numberSystem,
  type Polynomial,
  type PolynomialFormat,
  type PolynomialSystem,
  parseSystem,
  polynomials,
  type RationalSolution,
  rationals,
  readExamples,
  type SystemDecision,
  taskSystem,
  unknownName,
} from "../src/index.ts";
import { collect, readSettings, readText, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { count, counted, list, shortened } from "./words.ts";

interface GroebnerVerbOptions {
  model?: string;
  layers?: readonly number[];
  set?: readonly string[];
  examples?: string;
  data?: string;
  system?: string;
  known?: readonly string[];
  order: string;
  limit?: readonly string[];
  latex?: boolean;
}

export function addGroebner(program: Command, output: () => Output): void {
  program
    .command("groebner")
    .summary("polynomial equations of a linear network, solved or refuted")
    .description(
      "Prints what a training set asks of the weights of a network with linear units, as polynomial equations, and their " +
        "reduced Gröbner basis over the rational numbers; {1}: no weights solve it. Exit status 1: no solution, or undecided " +
        "within the limits.",
    )
    .argument("[task]", "a task's name; or --data, or --system")
    .option("--examples <problems>", 'problems of the task, as in "1+1,3+1" (default: few that show all it does)')
    .option("--data <examples>", `numbers, as in "0 1 = 1; 1 1 = 0"; or ${Object.keys(namedExamples).join(", ")}`)
    .option("--system <file>", 'polynomials that are to be 0, one a line, as in "x*y - 1"; "-": standard input')
    .option("--model <name>", "name of a model (default: ilrnn)")
    .option("--layers <widths>", 'units of the hidden layers, as in "3,2,4", or "none" (default: 1)', readLayers)
    .option("--set <key=value>", "an option of the model, as in model.hidden=2; may come often", collect)
    .option(
      "--known <name=number>",
      'parameters that are known, as in "b*=0" or "W1[1,2]=1/2"; may come often',
      collect,
    )
    .option("--order <name>", monomialOrders.join(", "), "grevlex")
    .option("--limit <name=number>", "pairs, degree, terms, bits or work; may come often", collect)
    .option("--latex", "print polynomials as LaTeX")
    .action(async (task: string | undefined, options: GroebnerVerbOptions) => {
      process.exitCode = await groebnerVerb(task, options, output());
    });
}

async function groebnerVerb(task: string | undefined, options: GroebnerVerbOptions, output: Output): Promise<number> {
  const order = monomialOrders.find((name) => name === options.order);
  if (!order) throw unknownName("order", options.order, monomialOrders);
  const limits = readLimits(options.limit ?? []);
  const system = await systemOf(task, options, limits);
  const given = system.equations.map(({ polynomial }) => polynomial);
  const format: PolynomialFormat = { order, style: options.latex ? "latex" : "text" };
  printSystem(output, system, format);
  const decision = decideSystem(given, { order, limits });
  printDecision(output, system, decision, format);
  output.result({
    ...(task !== undefined && { task }),
    unknowns: system.variables,
    free: system.free,
    equations: system.equations.map(({ polynomial, place }) => ({
      polynomial: formatPolynomial(polynomial, format),
      place,
    })),
    order,
    ...asJson(decision, system, format),
  });
  return decision.verdict === "solvable" && decision.basis ? 0 : 1;
}

/** The system that the command line asks for, of one of three kinds. */
async function systemOf(
  task: string | undefined,
  options: GroebnerVerbOptions,
  { terms }: Partial<GroebnerLimits>,
): Promise<PolynomialSystem> {
  const sources = [
    task !== undefined && `the task ${task}`,
    options.data !== undefined && "--data",
    options.system !== undefined && "--system",
  ];
  const came = sources.filter(Boolean);
  if (came.length !== 1) {
    throw new LonghandError(
      "argument",
      `groebner: ${came.length === 0 ? "neither a task nor --data nor --system" : came.join(" and ")} came, expected one of a task's name, --data and --system`,
    );
  }
  const only = (names: readonly (keyof GroebnerVerbOptions)[], source: string, other = came[0]) => {
    const wrong = names.find((name) => options[name] !== undefined);
    if (wrong) throw new LonghandError("argument", `groebner: --${wrong} goes with ${source}, not with ${other}`);
  };
  const system = { known: readKnown(options.known ?? []), ...(terms !== undefined && { terms }) };
  if (options.system !== undefined) {
    only(["model", "layers", "set", "known"], "a task or --data");
    only(["examples"], "a task");
    return fileSystem(parseSystem(await readText(options.system)));
  }
  if (options.data !== undefined) {
    only(["model", "set", "examples"], "a task");
    const named = Object.hasOwn(namedExamples, options.data) ? namedExamples[options.data] : undefined;
    if (named === undefined && !options.data.includes("=")) {
      throw unknownName("training set", options.data, Object.keys(namedExamples));
    }
    return numberSystem(options.layers ?? [1], readExamples(named ?? options.data), system);
  }
  const found = findTask(task!);
  const { model: settings = {}, ...others } = readSettings(options.set ?? []) as { model?: object };
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new LonghandError(
      "argument",
      `--set: received "${other}", expected an option of the model, as in model.layers=[2]`,
    );
  const kind = findModel(options.model ?? "ilrnn");
  if (kind.name !== "ilrnn") only(["layers"], "the model ilrnn", `the model ${kind.name}`);
  const model = kind.build(
    {
      ...("activation" in kind.options.shape && { activation: "identity" }),
      ...(kind.name === "ilrnn" && { layers: options.layers ?? [1] }),
      ...("hidden" in kind.options.shape && { hidden: 1 }),
      ...settings,
    },
    { channels: found.channels.map(({ length }) => length), answers: found.output.length },
  );
  const problems = options.examples?.split(",").map((text) => found.parse(text)) ?? coveringProblems(found);
  return taskSystem(found, model, problems, system);
}

function fileSystem(given: readonly Polynomial[]): PolynomialSystem {
  const used = new Set(given.flatMap((p) => polynomials.usedVariables(p)));
  const { variables } = given[0]!;
  const kept = variables.filter((name) => used.has(name));
  return {
    variables: kept,
    free: variables.filter((name) => !used.has(name)),
    equations: given.map((p, k) => ({ polynomial: polynomials.inVariables(p, kept), place: `equation ${k + 1}` })),
  };
}

function readLayers(text: string): number[] {
  return text === "none" ? [] : text.split(",").map((part) => wholeNumber("--layers", 1)(part.trim()));
}

/** "b*=0": name and number; several may stand in one text, apart by spaces. */
function readPairs(flag: string, texts: readonly string[], example: string): [string, string][] {
  return texts.flatMap((text) =>
    text
      .split(/\s+/)
      .filter(Boolean)
      .map((part): [string, string] => {
        const [, name, value] = /^([^=]+)=([^=]+)$/.exec(part) ?? [];
        if (name === undefined || value === undefined) {
          throw new LonghandError("argument", `${flag}: received "${part}", expected name=number, as in ${example}`);
        }
        return [name, value];
      }),
  );
}

function readKnown(texts: readonly string[]): KnownParameters {
  return Object.fromEntries(readPairs("--known", texts, "b*=0"));
}

function readLimits(texts: readonly string[]): Partial<GroebnerLimits> {
  const pairs = readPairs("--limit", texts, "work=1000000");
  const known = Object.keys(defaultGroebnerLimits);
  const wrong = pairs.find(([name]) => !known.includes(name));
  if (wrong) throw unknownName("limit", wrong[0], known);
  return Object.fromEntries(pairs.map(([name, value]) => [name, wholeNumber(`--limit ${name}`, 1)(value)]));
}

/** Characters of a polynomial that are shown; --json has all of it. */
const SHOWN = 400;

function shown(p: Polynomial, format: PolynomialFormat): string {
  const text = formatPolynomial(p, format);
  return format.style === "latex" || text.length <= SHOWN
    ? text
    : `${shortened(text, SHOWN)} (${count(p.terms.length)} terms)`;
}

function printSystem(output: Output, { variables, equations, free }: PolynomialSystem, format: PolynomialFormat): void {
  output.print(
    `${counted(equations.length, "equation")} in ${counted(variables.length, "unknown")}: ${list(variables)}`,
  );
  if (free.length > 0) output.print(`${counted(free.length, "more unknown")} that no equation asks for: ${list(free)}`);
  output.print();
  for (const { polynomial, place } of equations) {
    output.print(`  ${output.style("dim", `${place}:`)}  ${shown(polynomial, format)} = 0`);
  }
  output.print();
}

function printDecision(
  output: Output,
  system: PolynomialSystem,
  decision: SystemDecision,
  format: PolynomialFormat,
): void {
  if (decision.verdict === "undecided") {
    output.print(`${output.style("bold", "undecided")}: ${reachedWords(decision.reached, decision.spent)}`);
    return;
  }
  if (decision.verdict === "solvable" && decision.reached) {
    output.print(`No reduced Gröbner basis (${format.order}): ${reachedWords(decision.reached, decision.spent)}`);
  } else {
    const basis = decision.basis?.polynomials ?? [];
    output.print(`Reduced Gröbner basis over the rationals (${format.order}), ${counted(basis.length, "polynomial")}:`);
    output.print();
    for (const p of basis) output.print(`  ${shown(p, format)}`);
  }
  output.print();
  if (decision.verdict === "no solution") {
    output.print(
      `${output.style("red", "no solution")}: the basis is {1}, so no values make all equations true, complex numbers included`,
    );
    if (decision.refutation) {
      output.print("because a sum of the left sides, in which all unknowns cancel, is 1 and would have to be 0:");
      for (const { place, factor } of factors(system, decision.refutation))
        output.print(`  ${factor.padStart(8)} · (${place})`);
    }
    return;
  }
  const { dimension, count: solutions, rational } = decision;
  const many =
    dimension === 0
      ? `${counted(solutions, "solution")}, counted with multiplicity`
      : `a set of solutions of dimension ${dimension}`;
  output.print(`${output.style("green", "solvable")} over the complex numbers: ${many}`);
  const { solutions: found, isComplete } = rational;
  if (found.length === 0) output.print(isComplete ? "none of them is rational" : "no rational one was found");
  else {
    const title = isComplete
      ? counted(found.length, "rational one")
      : `${found.length === 1 ? "a rational one" : counted(found.length, "rational one")}, among others`;
    output.print(`${title}:`);
    for (const solution of found) {
      output.print(
        `  ${Object.entries(solution)
          .map(([name, value]) => `${name} = ${rationals.format(value)}`)
          .join(", ")}`,
      );
    }
  }
}

function reachedWords(reached: GroebnerLimitReached, spent: GroebnerSpent): string {
  const work = `${counted(spent.pairs, "pair")}, polynomials of up to ${counted(spent.terms, "term")}, degree ${spent.degree}, coefficients of ${counted(spent.bits, "bit")}`;
  return `the limit of ${count(reached.value)} on ${reached.limit} was reached after ${work}; --limit ${reached.limit}=… goes further`;
}

function factors({ equations }: PolynomialSystem, refutation: readonly rationals.Rational[]) {
  return equations.flatMap(({ place }, k) => {
    const factor = refutation[k]!;
    return rationals.isZero(factor) ? [] : [{ place, factor: rationals.format(factor) }];
  });
}

function asJson(decision: SystemDecision, system: PolynomialSystem, format: PolynomialFormat): Record<string, unknown> {
  const { verdict, spent } = decision;
  const numbers = (solution: RationalSolution) =>
    Object.fromEntries(Object.entries(solution).map(([name, value]) => [name, rationals.format(value)]));
  return {
    verdict,
    ...("basis" in decision &&
      decision.basis && { basis: decision.basis.polynomials.map((p) => formatPolynomial(p, format)) }),
    ...("reached" in decision && decision.reached && { reached: decision.reached }),
    ...(verdict === "no solution" && { refutation: decision.refutation ? factors(system, decision.refutation) : null }),
    ...(verdict === "solvable" && {
      dimension: decision.dimension,
      count: Number.isFinite(decision.count) ? decision.count : null,
      rational: { solutions: decision.rational.solutions.map(numbers), isComplete: decision.rational.isComplete },
    }),
    spent,
  };
}
