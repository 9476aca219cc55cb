/** Inter-layer recurrent networks of step units in exact arithmetic: nothing is rounded, so what is found holds. */
import { gcd } from "../../algebra/integer.ts";
import { equals, fromNumber, multiply, type Rational, rational, toNumber } from "../../algebra/rational.ts";
import { LonghandError } from "../../errors.ts";
import { ndarray } from "../../graph/index.ts";
import { logitCount, type Model } from "../../models/index.ts";
import { machineOf, makeNetwork, type Network } from "../../networks/index.ts";
import type { Letter, Task } from "../../tasks/index.ts";

/** A unit: z = Σᵢ below[i] · xᵢ + Σᵢ before[i] · sᵢ + bias, h = 1 where z > 0, otherwise 0. */
export interface StepUnit {
  /** Weights of the features, or of the units of the layer below, at this step. */
  readonly below: readonly bigint[];
  /** Weights of all units one step earlier, from the lowest layer's first to the output layer's last. */
  readonly before: readonly bigint[];
  readonly bias: bigint;
}

/** A network whose weights are whole numbers over one denominator. Its state is the list of all units, at first all 0. */
export interface StepNetwork {
  readonly task: Task;
  readonly model: Model;
  /** [layer][unit], the output layer last. */
  readonly layers: readonly (readonly StepUnit[])[];
  readonly denominator: bigint;
}

/** Exact parameters of a model by name, row-major. */
export type ExactParameters = Readonly<Record<string, readonly Rational[]>>;

/** One step: numerators of all pre-activations, and the state that they make. */
export interface ExactStep {
  readonly sums: readonly bigint[];
  readonly state: readonly boolean[];
}

/** Widths of a model's layers, the output layer last. @throws LonghandError `argument` for a model that isn't made of step units. */
export function stepLayers({ name, options, state }: Model): number[] {
  const { activation, outputActivation = activation, learnedState } = options;
  const isStep = name === "ilrnn" && activation === "step" && outputActivation === "step";
  if (!isStep || learnedState === true) {
    const what = isStep ? "a learned initial state" : `${outputActivation ?? "other"} units`;
    throw new LonghandError(
      "argument",
      `exact arithmetic: received a model ${name} with ${what}, expected an ilrnn that begins at zero and whose units all are steps (model.activation=step)`,
    );
  }
  const widths = Object.values(state);
  if (widths.length <= 9) return widths;
  throw new LonghandError(
    "argument",
    `exact arithmetic: received ${widths.length - 1} hidden layers, expected at most 8`,
  );
}

/** The network with exact parameters. @throws LonghandError as `stepLayers`. */
export function stepNetwork(task: Task, model: Model, parameters: ExactParameters): StepNetwork {
  const widths = stepLayers(model);
  const denominator = Object.values(parameters)
    .flat()
    .reduce((least, { denominator: other }) => (least / gcd(least, other)) * other, 1n);
  const column = (name: string, unit: number) => {
    const width = model.parameters[name]!.shape.at(-1)!;
    return parameters[name]!.filter((_, k) => k % width === unit).map(
      (value) => value.numerator * (denominator / value.denominator),
    );
  };
  const layers = widths.map((width, k) =>
    Array.from(
      { length: width },
      (_, unit): StepUnit => ({
        below: column(`W${k + 1}`, unit),
        before: widths.flatMap((_, m) => column(`R${m + 1}${k + 1}`, unit)),
        bias: column(`b${k + 1}`, unit)[0]!,
      }),
    ),
  );
  return Object.freeze({ task, model, layers, denominator });
}

/** The exact network of parameters that are floating-point numbers, each of which is a fraction. */
export function exactNetwork({ task, model, parameters }: Network): StepNetwork {
  stepLayers(model);
  machineOf({ task });
  const exact = Object.entries(parameters).map(([name, { data }]) => [name, Array.from(data, fromNumber)] as const);
  return stepNetwork(task, model, Object.fromEntries(exact));
}

/** The parameters of a network by the model's names, row-major. */
export function exactParameters({ model, layers, denominator }: StepNetwork): ExactParameters {
  const firsts = layers.map((_, n) => layers.slice(0, n).reduce((sum, units) => sum + units.length, 0));
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => {
      const units = layers[Number(name.at(-1)) - 1]!;
      const rows = name.startsWith("b") ? 1 : shape[0]!;
      const row = (k: number) =>
        units.map(({ below, before, bias }) => {
          if (name.startsWith("b")) return bias;
          return name.startsWith("W") ? below[k]! : before[firsts[Number(name[1]) - 1]! + k]!;
        });
      const values = Array.from({ length: rows }, (_, k) => row(k)).flat();
      return [name, values.map((numerator) => rational(numerator, denominator))];
    }),
  );
}

/**
 * The network with its parameters as numbers. Where a weight is no float32, all are multiplied by their denominator: a
 * step unit does the same for any positive multiple of its weights.
 */
export function networkOfSteps(network: StepNetwork): Network {
  const { task, model, denominator } = network;
  const exact = exactParameters(network);
  const isFloat = (value: Rational) => equals(fromNumber(Math.fround(toNumber(value))), value);
  const scale = Object.values(exact).flat().every(isFloat) ? 1n : denominator;
  const parameters = Object.entries(exact).map(([name, values]) => {
    const data = values.map((value) => toNumber(multiply(value, rational(scale))));
    return [name, ndarray(Float64Array.from(data), model.parameters[name]!.shape)] as const;
  });
  return makeNetwork({ task, model, parameters: Object.fromEntries(parameters) });
}

/** The features that a letter makes: a two-symbol channel is its symbol, others one-hot; ±1 for 1 and 0 when centred. */
export function letterFeatures({ signature, options }: Model, letter: Letter): bigint[] {
  const features = signature.channels.flatMap((count, channel) =>
    count === 2 ? [letter[channel]!] : Array.from({ length: count }, (_, symbol) => Number(letter[channel] === symbol)),
  );
  return features.map((feature) => BigInt(options.centred ? 2 * feature - 1 : feature));
}

/** The state before the first step. */
export function initialUnits({ layers }: Pick<StepNetwork, "layers">): readonly boolean[] {
  return layers.flatMap((units) => units.map(() => false));
}

/** One step from a state. */
export function exactStep({ model, layers }: StepNetwork, state: readonly boolean[], letter: Letter): ExactStep {
  let below = letterFeatures(model, letter);
  const sums: bigint[] = [];
  for (const units of layers) {
    const made = units.map((unit) => {
      const fromBelow = unit.below.reduce((sum, weight, i) => sum + weight * below[i]!, unit.bias);
      return unit.before.reduce((sum, weight, i) => (state[i] ? sum + weight : sum), fromBelow);
    });
    sums.push(...made);
    below = made.map((sum) => (sum > 0n ? 1n : 0n));
  }
  return { sums, state: sums.map((sum) => sum > 0n) };
}

/** The pre-activations that the answer is read from: the output layer's, without those that no answer is read from. */
export function logitsOf({ layers, model }: StepNetwork, { sums }: ExactStep): readonly bigint[] {
  const first = sums.length - layers.at(-1)!.length;
  return sums.slice(first, first + logitCount(model.signature.answers));
}

/** The answer of logits as `decodeLogits` reads it: z > 0 for one logit, otherwise the first of the largest. */
export function answerOf(logits: readonly bigint[]): number {
  if (logits.length === 1) return logits[0]! > 0n ? 1 : 0;
  return logits.reduce((best, value, k) => (value > logits[best]! ? k : best), 0);
}

/** The network's answers [steps] to a problem [steps][channels], in exact arithmetic. */
export function exactAnswers(network: StepNetwork, input: Int32Array): Int32Array {
  const width = network.task.channels.length;
  let state = initialUnits(network);
  return Int32Array.from({ length: input.length / width }, (_, step) => {
    const made = exactStep(network, state, Array.from(input.subarray(step * width, (step + 1) * width)));
    state = made.state;
    return answerOf(logitsOf(network, made));
  });
}
