/**
 * What a training set asks of the parameters of a network, as polynomial equations: output − target = 0 wherever an answer
 * is asked, so that the common zeros are the parameters of zero loss. papers/000, section 5.2.
 */
import { type Polynomial, polynomials, type Rational, rationals } from "../algebra/index.ts";
import { ilrnn } from "../cells/index.ts";
import { LonghandError } from "../errors.ts";
import { input, ndarray, type Program, program } from "../graph/index.ts";
import { logitCount, type Model, unroll } from "../models/index.ts";
import type { Task } from "../tasks/index.ts";
import { defaultSize, type PolynomialArray, type PolynomialOptions, polynomialOutputs } from "./polynomial-program.ts";
import { type Known, type Unknowns, unknownParameters } from "./unknowns.ts";

/** polynomial = 0. */
export interface Equation {
  readonly polynomial: Polynomial;
  /** Where it comes from: "1+1, step 2". */
  readonly place: string;
}

export interface PolynomialSystem {
  /** The unknowns that occur. */
  readonly variables: readonly string[];
  readonly equations: readonly Equation[];
  /** Unknowns that don't: they may have any value. */
  readonly free: readonly string[];
}

export interface SystemOptions extends PolynomialOptions {
  /** What is known of the parameters, such as { "b*": 0 }. Default: nothing. */
  readonly known?: Known;
}

/**
 * The system of some problems of a task, answered by a network. Targets are 0 and 1: the answer itself where it is one of
 * two symbols, otherwise 1 for the right symbol and 0 for the others.
 * @param problems each [steps][channels]. Equations that come twice are kept once.
 * @throws LonghandError `unsupported` for a network that isn't polynomial, or too large; `argument` for no problems.
 */
export function taskSystem(
  task: Task,
  model: Model,
  problems: readonly Int32Array[],
  options: SystemOptions = {},
): PolynomialSystem {
  const unknowns = unknownParameters(model.parameters, options.known);
  const channels = model.signature.channels.length;
  const width = logitCount(model.signature.answers);
  const programs = new Map<number, Program>();
  const checkSize = sizeCheck(model.name, unknowns, options);
  const examples = problems.map((problem) => {
    const steps = problem.length / channels;
    const made = programs.get(steps) ?? taskProgram(model, steps);
    programs.set(steps, made);
    const symbols = ndarray(problem, [1, steps, channels]);
    const { outputs } = polynomialOutputs(made, unknowns.variables, { ...unknowns.arrays, symbols }, options);
    checkSize(outputs!);
    const targets = Array.from(task.solve(problem), (answer) =>
      Array.from({ length: width }, (_, k) =>
        answer < 0 ? undefined : rationals.rational(width === 1 ? answer : Number(k === answer)),
      ),
    );
    return { name: task.format(problem), outputs: outputs!, targets };
  });
  return system(unknowns, examples);
}

function taskProgram(model: Model, steps: number): Program {
  const parameters = parameterInputs(model.parameters);
  const symbols = input("symbols", [1, steps, model.signature.channels.length], "int");
  return program(model.name, { ...parameters, symbols }, { outputs: model.apply(parameters, symbols).outputs });
}

/** Numbers in and numbers out, step by step. */
export interface Example {
  /** [steps][features] */
  readonly inputs: readonly (readonly Rational[])[];
  /** [steps][outputs]; undefined where none is asked. */
  readonly targets: readonly (readonly (Rational | undefined)[])[];
}

/**
 * The system of examples of numbers, for a linear ILRNN: every layer, the output included, sees the layer below at t and
 * all layers at t−1, and adds a bias. On examples of one step that is a feedforward network.
 * @param layers widths of the hidden layers; the output layer is added.
 * @throws LonghandError `argument` for no examples, or examples of different widths; `unsupported` where it gets too large.
 */
export function numberSystem(
  layers: readonly number[],
  examples: readonly Example[],
  options: SystemOptions = {},
): PolynomialSystem {
  const [first] = examples;
  const features = first?.inputs[0]?.length ?? 0;
  const outputs = first?.targets[0]?.length ?? 0;
  for (const [k, { inputs, targets }] of examples.entries()) {
    const isRagged = inputs.some((x) => x.length !== features) || targets.some((y) => y.length !== outputs);
    if (isRagged || inputs.length === 0 || inputs.length !== targets.length) {
      const sizes = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.length).join(", ");
      throw new LonghandError(
        "argument",
        `example ${k + 1}: received steps of ${sizes(inputs)} inputs and of ${sizes(targets)} targets, expected ${features} and ${outputs} at each of the same steps`,
      );
    }
  }
  const cell = ilrnn({ input: features, layers: [...layers, outputs], activation: "identity" });
  const unknowns = unknownParameters(cell.parameters, options.known);
  const parameters = parameterInputs(cell.parameters);
  const checkSize = sizeCheck(cell.name, unknowns, options);
  const made = examples.map(({ inputs, targets }, k) => {
    const x = input("x", [inputs.length, 1, features]);
    const step = program(cell.name, { ...parameters, x }, { outputs: unroll(cell, parameters, x).outputs });
    const elements = inputs.flat().map((value) => polynomials.constant(unknowns.variables, value));
    const known = { ...unknowns.arrays, x: { shape: [inputs.length, 1, features], elements } };
    const name = inputs.length === 1 ? inputs[0]!.map(rationals.format).join(" ") : `example ${k + 1}`;
    const { outputs: answers } = polynomialOutputs(step, unknowns.variables, known, options);
    checkSize(answers!);
    return { name, outputs: answers!, targets };
  });
  return system(unknowns, made);
}

/** Adds up the outputs of the examples, and stops before they fill the memory. */
function sizeCheck(
  name: string,
  { variables }: Unknowns,
  { exponents = defaultSize.exponents }: PolynomialOptions,
): (outputs: PolynomialArray) => void {
  const most = Math.floor(exponents / Math.max(1, variables.length));
  let terms = 0;
  return ({ elements }) => {
    for (const p of elements) terms += p.terms.length;
    if (terms <= most) return;
    throw new LonghandError(
      "unsupported",
      `system of ${name}: more than ${most} terms in ${variables.length} unknowns; a network with fewer or known parameters, or fewer or shorter problems, stays below it`,
    );
  };
}

function parameterInputs(specs: Readonly<Record<string, { readonly shape: readonly number[] }>>) {
  return Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, input(name, shape)]));
}

interface Answered {
  readonly name: string;
  /** [.., steps, .., width], one example. */
  readonly outputs: PolynomialArray;
  readonly targets: Example["targets"];
}

function system({ variables: all }: Unknowns, examples: readonly Answered[]): PolynomialSystem {
  const seen = new Set<string>();
  const found = examples.flatMap(({ name, outputs, targets }) =>
    targets.flatMap((row, t) =>
      row.flatMap((target, k) => {
        if (target === undefined) return [];
        const output = outputs.elements[t * row.length + k]!;
        const polynomial = polynomials.subtract(output, polynomials.constant(all, target));
        const step = targets.length > 1 ? [`step ${t + 1}`] : [];
        const unit = row.length > 1 ? [`output ${k + 1}`] : [];
        return [{ polynomial, place: [name, ...step, ...unit].join(", ") }];
      }),
    ),
  );
  const distinct = found.filter(({ polynomial: { terms } }) => {
    const key = terms.map(({ coefficient, exponents }) => `${rationals.format(coefficient)}:${exponents}`).join(" ");
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  if (distinct.length === 0)
    throw new LonghandError("argument", "system: no answer is asked, expected one example at least");
  const used = new Set(distinct.flatMap(({ polynomial }) => polynomials.usedVariables(polynomial)));
  const variables = all.filter((name) => used.has(name));
  return {
    variables,
    equations: distinct.map(({ polynomial, place }) => ({
      polynomial: polynomials.inVariables(polynomial, variables),
      place,
    })),
    free: all.filter((name) => !used.has(name)),
  };
}
