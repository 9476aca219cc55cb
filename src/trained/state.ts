/** A training's state as a checkpoint, and back. */
import * as z from "zod";
import { LonghandError } from "../errors.ts";
import type { Checkpoint } from "../files/index.ts";
import type { ArrayData } from "../graph/index.ts";
import { joinParameters, type Layout, namedParameters, type TrainingState } from "../training/index.ts";

/** Why a training that has ended did. */
export type Ending = "steps" | "solved";

/** What a checkpoint of a training says beside its tensors. */
const stateSchema = z.object({
  step: z.int().min(0),
  /** Steps that the training was to take: a resumed one may take more than its config says. */
  steps: z.int().min(1),
  ends: z.enum(["steps", "solved"]).nullable(),
  longest: z.int().min(1),
  solvedAt: z.array(z.int().nullable()),
  divergedAt: z.array(z.int().nullable()),
  /** Of a training by bins: see `RecipeState`. */
  recipe: z
    .object({
      rateFactor: z.number(),
      losses: z.array(z.number()),
      period: z.object({
        steps: z.int(),
        loss: z.number(),
        saturation: z.number(),
        exact: z.number().default(0),
      }),
      saturationWeight: z.number(),
      open: z.int(),
      accuracies: z.array(z.number()),
      pull: z.number(),
    })
    .optional(),
  /** Hash of the configuration that it was trained with. */
  configHash: z.string(),
});

/** What a checkpoint says beside the trainer's own state. */
export interface Progress {
  readonly steps: number;
  readonly ends: Ending | null;
  readonly configHash: string;
}

/** Tensors "parameters/W1" and "optimizer/m/W1", each [population, …shape] (without that axis for one replica). */
export function checkpointOf(
  run: string,
  state: TrainingState,
  layout: Layout,
  population: number,
  progress: Progress,
): Checkpoint {
  const { parameters, slots, ...rest } = state;
  const named = (prefix: string, data: ArrayData) =>
    Object.entries(namedParameters(data, layout, population)).map(([name, array]) => [`${prefix}/${name}`, array]);
  return {
    run,
    state: { ...rest, ...progress },
    tensors: Object.fromEntries([
      ...named("parameters", parameters),
      ...Object.entries(slots).flatMap(([slot, data]) => named(`optimizer/${slot}`, data)),
    ]),
  };
}

/**
 * The inverse of `checkpointOf`.
 * @throws LonghandError `format` when something is missing or doesn't fit the model.
 */
export function stateOf(
  checkpoint: Checkpoint,
  layout: Layout,
  population: number,
): { state: TrainingState; progress: Progress } {
  const parsed = stateSchema.safeParse(checkpoint.state);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new LonghandError("format", `checkpoint: state ${issue.path.join(".")}: ${issue.message}`);
  }
  const { steps, ends, configHash, recipe, ...rest } = parsed.data;
  for (const name of ["solvedAt", "divergedAt"] as const) {
    if (rest[name].length !== population) {
      throw new LonghandError(
        "format",
        `checkpoint: state ${name} is about ${rest[name].length} replicas, expected ${population}`,
      );
    }
  }
  const slotNames = new Set(
    Object.keys(checkpoint.tensors).flatMap((name) => /^optimizer\/([^/]+)\//.exec(name)?.[1] ?? []),
  );
  const joined = (prefix: string) => joinParameters(tensorsUnder(checkpoint, `${prefix}/`), layout, population);
  const slots = Object.fromEntries([...slotNames].map((slot) => [slot, joined(`optimizer/${slot}`)]));
  return {
    state: { ...rest, parameters: joined("parameters"), slots, ...(recipe && { recipe }) },
    progress: { steps, ends, configHash },
  };
}

/** The tensors whose names begin with a prefix, without it. */
export function tensorsUnder({ tensors }: Checkpoint, prefix: string): Checkpoint["tensors"] {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, array]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), array]] : [],
    ),
  );
}
