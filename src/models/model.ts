/** Models: cells put to work on tasks of one letter in and one answer out at each step. */
import type { z } from "zod";
import type { Cell, ParameterSpec, Tensors } from "../cells/index.ts";
import { LonghandError, unknownName } from "../errors.ts";
import type { NDArray, Tensor } from "../graph/index.ts";
import type { DropoutMasks } from "./dropout.ts";

/** What a task asks of a model: symbols or numbers in, symbols or numbers out. */
export interface Signature {
  /** Number of symbols of each input channel; none where numbers are read. */
  readonly channels: readonly number[];
  /** How many numbers are read at each step, in place of symbols. */
  readonly features?: number;
  /** Number of symbols of the answer; 0 where numbers are asked. */
  readonly answers: number;
  /** How many numbers are asked at each step, in place of a symbol: the network's outputs as they are. */
  readonly values?: number;
  /** How far a number may be from the one asked for and still count as right. */
  readonly tolerance?: number;
  /** The numbers asked are 1 or 0: the network's outputs are their log-odds, right where they have the right sign. */
  readonly yesNo?: true;
  /** Examples of one batch may end at different steps: see `present`. */
  readonly padded?: true;
}

export interface Applied {
  /** [batch, time, logits]: one logit for two answers, otherwise one each. */
  readonly logits: Tensor;
  /** What the output units say before the loss, [batch, time, logits]: the activations of the output layer. */
  readonly outputs: Tensor;
  /** State after the last step. */
  readonly final: Tensors;
  /** Gates and what is like them, by name: tensors of a scan's step, for `expose`. */
  readonly gates?: Tensors;
  /** Costs beside the loss of the answers, each a scalar, for trainings that weight them. */
  readonly costs?: Partial<Tensors<CostName>>;
  /** Logits [..., n] that are read from states [..., width], in networks whose state has positions. */
  read?(state: Tensor): Tensor;
  /** Values at every step, [steps, length, batch, width]; `start` [length, batch, width]. Asking changes the graph. */
  trace?(): Tensors;
}

/** Saturation: mean over positions, steps and examples of Σ relu(|z| − limit) over the units. Sharing: Σ‖θᵢ − mean‖². */
export type CostName = "saturation" | "sharing";

export interface ApplyOptions {
  readonly noise?: Tensors;
  readonly initial?: Tensors;
  readonly dropout?: DropoutMasks;
  /** float [batch, time]: 1 within an example, 0 in the padding after its end. Default: examples have no padding. */
  readonly present?: Tensor | undefined;
}

/** A model with its sizes chosen: the network of one replica. */
export interface Model {
  readonly name: string;
  /** What it was built with, defaults included: with the name enough to build it again. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly signature: Signature;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /** Width of each state tensor [batch, width]; empty in networks whose state has positions. */
  readonly state: Readonly<Record<string, number>>;
  /**
   * A step of all layers but a linear readout V, c, as one cell whose parameters are the model's own; missing in networks
   * that read the whole problem first.
   */
  readonly cell?: Cell;
  /** Reads each problem in both directions: no step can be taken before all is read. */
  readonly bidirectional?: true;
  /** Numbers at each position, in networks whose state has positions. */
  readonly width?: number;
  /** Numbers at a position that dropout masks have, and with which probability they are kept at a length. */
  readonly dropout?: { readonly width: number; keep(length: number): number };
  /** Names of the parameters that all units' pre-activations are linear in: times f, every pre-activation is times f. */
  readonly preactivations?: readonly string[];
  /** With relaxed sharing: the parameters with the mean of their sets in place of each set. */
  joinSets?(parameters: Readonly<Record<string, NDArray>>): Readonly<Record<string, NDArray>>;
  /** How far each map's gate moves its value in a step, for pictures. */
  readonly directions?: readonly (-1 | 0 | 1)[];
  /**
   * The network over a batch.
   * @param parameters by name.
   * @param symbols int [batch, time, channels], or numbers [batch, time, features]; in networks whose state has positions −1 after a problem's own end.
   * @param dropout masks for training (default: none).
   * @param noise added to the state before each step, each [time, batch, width].
   * @param initial state before the first step, each [batch, width] (default: zeros, or what was learned).
   */
  apply(parameters: Tensors, symbols: Tensor, options?: ApplyOptions): Applied;
}

/** A kind of model: its options with their defaults, and how it is made for a task. */
export interface ModelKind {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  /** Reads and answers with numbers too, and problems with padding. */
  readonly takesNumbers?: true;
  /** The options of a configuration, defaults included. */
  readonly options: z.ZodObject;
  build(options: unknown, signature: Signature): Model;
}

/** Defines a kind of model; `make` gets checked options. */
export function defineModel<Options extends z.ZodObject>(kind: {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly takesNumbers?: true;
  readonly options: Options;
  make(options: z.output<Options>, signature: Signature): Omit<Model, "name" | "options" | "signature">;
}): ModelKind {
  const { make, ...rest } = kind;
  return Object.freeze({
    ...rest,
    build(options: unknown, signature: Signature): Model {
      const { features, values, padded } = signature;
      if (!kind.takesNumbers && (features !== undefined || values !== undefined || padded)) {
        throw new LonghandError(
          "config",
          `model ${kind.name}: the task has ${padded ? "padding" : "numbers"} in place of aligned symbols, expected a network of recurrent cells such as lstm`,
        );
      }
      const checked = parseConfig(kind.options, options, `model ${kind.name}`);
      return { name: kind.name, options: checked, signature, ...make(checked, signature) };
    },
  });
}

/**
 * Checks an object against a schema.
 * @throws LonghandError `config` (or `unknown-name` for a misspelt key) naming the field, what came and what was expected.
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = [what, ...issue.path.map(String)].join(", ");
  if (issue.code === "unrecognized_keys") {
    throw unknownName(`option of ${field}`, issue.keys[0]!, keysAt(schema, issue.path, value));
  }
  const received = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const known = namesOf(issue);
  if (typeof received === "string" && known.length > 1) throw unknownName(`value of ${field}:`, received, known);
  throw new LonghandError("config", `${field}: received ${JSON.stringify(received)}. ${issue.message}.`);
}

/** The names that a field may have, where it is one of some names. */
function namesOf(issue: z.core.$ZodIssue): string[] {
  const known: unknown =
    issue.code === "invalid_value" ? issue.values : (issue as { readonly options?: readonly unknown[] }).options;
  return (Array.isArray(known) ? known : []).filter((name): name is string => typeof name === "string");
}

/** The known keys of the object schema at a path; of a choice of objects, those of the one that the value names. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  let at: unknown = schema;
  let inner: unknown = value;
  const open = () => {
    for (;;) {
      const { innerType, options, discriminator } = (at as Partial<Choice> | undefined)?.def ?? {};
      if (innerType) at = innerType;
      else if (options && discriminator) {
        const name = (inner as Record<string, unknown> | undefined)?.[discriminator];
        at = options.find((option) => option.shape?.[discriminator]?.safeParse?.(name).success);
      } else return;
    }
  };
  for (const key of path) {
    open();
    at = (at as { shape?: Record<PropertyKey, unknown> } | undefined)?.shape?.[key];
    inner = (inner as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  open();
  return Object.keys((at as { shape?: object } | undefined)?.shape ?? {});
}

/** What is read of zod's schemas: optional and nullable ones have an inner type, choices have options. */
interface Choice {
  readonly def: {
    readonly innerType?: unknown;
    readonly discriminator?: string;
    readonly options?: readonly { readonly shape?: Record<string, z.ZodType> }[];
  };
}
