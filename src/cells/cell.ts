/**
 * Recurrent cells: the equations of one time step, written once.
 *
 * A cell is written for one example: its tensors are [batch, width]. Populations, sequences, gradients and other runtimes
 * are interpretations of the graph that its step builds.
 */
import { LonghandError } from "../errors.ts";
import { describe, place, type Tensor } from "../graph/index.ts";
import { type Initializer, uniformByFanIn, zeros } from "./initializers.ts";
import type { NativeForm } from "./native.ts";

/** One trainable array: its shape and how it begins. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly initial: Initializer;
}

export type Tensors<Names extends string = string> = Readonly<Record<Names, Tensor>>;

/** What a step makes. */
export interface Step<State extends string = string> {
  readonly state: Tensors<State>;
  /** The cell's output [batch, output]. */
  readonly output: Tensor;
  /** The pre-activation of the output layer [batch, output], in cells whose output is a layer of units. */
  readonly logits?: Tensor;
  /** Pre-activations of hard functions, each [batch, width]: see `saturation`. */
  readonly hard?: readonly Tensor[];
  /** Values inside that people look at, by name, each [batch, width]. */
  readonly gates?: Tensors;
}

/** A cell with its sizes chosen. */
export interface Cell<Parameter extends string = string, State extends string = string> {
  readonly name: string;
  /** Features of the input at each step. */
  readonly input: number;
  /** Features of the output at each step. */
  readonly output: number;
  readonly parameters: Readonly<Record<Parameter, ParameterSpec>>;
  /** Width of each state tensor [batch, width]. */
  readonly state: Readonly<Record<State, number>>;
  /** How ONNX has this cell among its operators; absent: it has none such. */
  readonly native?: NativeForm | undefined;
  /** One time step: x [batch, input]. */
  step(parameters: Tensors<Parameter>, state: Tensors<State>, x: Tensor): Step<State>;
}

/** A named width, as users give it: a positive integer. */
export function checkSize(owner: string, name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw new LonghandError("config", `${owner}: ${name} is ${JSON.stringify(value)}, expected a positive integer`);
  }
  return value;
}

/** Makes a cell from concrete shapes; its step checks its operands and names itself in errors. */
export function makeCell<Parameter extends string, State extends string>(
  cell: Cell<Parameter, State>,
): Cell<Parameter, State> {
  return Object.freeze({
    ...cell,
    step(parameters: Tensors<Parameter>, state: Tensors<State>, x: Tensor) {
      return place(cell.name, () => {
        if (x.shape.at(-1) !== cell.input) {
          throw new LonghandError("shape", `${cell.name}: input ${describe(x)}, expected ${cell.input} features`);
        }
        return cell.step(parameters, state, x);
      });
    },
  });
}

interface CellDefinition<Size extends string, Parameter extends string, State extends string, Options> {
  readonly name: string;
  /** Names of the sizes; the first is the input's, and `output` names that of the output. */
  readonly sizes: readonly Size[];
  readonly output: NoInfer<Size>;
  /** Shapes in terms of the sizes. Matrices begin uniform by the fan-in `fanIn` (default: the output size), vectors at zero. */
  readonly parameters: Readonly<Record<Parameter, readonly NoInfer<Size>[]>>;
  readonly state: Readonly<Record<State, NoInfer<Size>>>;
  /** Options that a cell takes, with their defaults. Default: none. */
  readonly options?: Options;
  /** How ONNX has this cell among its operators. Default: not at all. */
  native?(options: Options): NativeForm;
  step(parameters: Tensors<Parameter>, state: Tensors<State>, x: Tensor, options: Options): Step<State>;
}

/** Sizes and options of a cell, and initializers for parameters that should begin otherwise. */
export type CellOptions<Size extends string, Parameter extends string, Options> = Readonly<Record<Size, number>> &
  Partial<Options> & { readonly initial?: Partial<Readonly<Record<Parameter, Initializer>>> };

/** Defines a cell by its equations; returns the function that makes it for given sizes. */
export function defineCell<
  const Size extends string,
  Parameter extends string,
  State extends string,
  Options extends object = object,
>(definition: CellDefinition<Size, Parameter, State, Options>) {
  return (given: CellOptions<Size, Parameter, Options>): Cell<Parameter, State> => {
    const sizeOf = (name: Size) => checkSize(definition.name, name, given[name]);
    const options = { ...definition.options, ...given } as Options;
    const shapes = Object.entries(definition.parameters) as [Parameter, readonly Size[]][];
    const matrix = uniformByFanIn(sizeOf(definition.output));
    const parameters = Object.fromEntries(
      shapes.map(([name, sizes]) => {
        const initial = given.initial?.[name] ?? (sizes.length > 1 ? matrix : zeros);
        return [name, { shape: sizes.map(sizeOf), initial }];
      }),
    ) as unknown as Record<Parameter, ParameterSpec>;
    const states = Object.entries(definition.state) as [State, Size][];
    return makeCell({
      name: definition.name,
      input: sizeOf(definition.sizes[0]!),
      output: sizeOf(definition.output),
      parameters,
      state: Object.fromEntries(states.map(([name, size]) => [name, sizeOf(size)])) as Record<State, number>,
      ...(definition.native && { native: definition.native(options) }),
      step: (tensors, state, x) => definition.step(tensors, state, x, options),
    });
  };
}
