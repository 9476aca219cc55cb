/** What a training tells while it runs. Numbers by replica are in the order of the population. */
import type { BinResult } from "./bins/recipe.ts";
import type { TrainingState } from "./state.ts";

export type TrainingEvent =
  | {
      readonly type: "start";
      /** Steps done before: 0, or where it was resumed. */
      readonly step: number;
      readonly steps: number;
      /** Trainable numbers of one replica. */
      readonly parameters: number;
      readonly runtime: string;
    }
  | {
      readonly type: "step";
      readonly step: number;
      /** Means over the replicas that haven't diverged. */
      readonly loss: number;
      readonly symbolAccuracy: number;
      readonly exactAccuracy: number;
      readonly gradientNorm: number;
      readonly losses: readonly number[];
      readonly learningRate: number;
      readonly length: number;
      /** By bin, where training goes by bins: means over the step's problems. */
      readonly bins?: readonly BinResult[];
      /** Costs beside the loss, and their weights, by name. */
      readonly costs?: Readonly<Record<string, number>>;
      readonly weights?: Readonly<Record<string, number>>;
      readonly examplesPerSecond: number;
      readonly secondsLeft: number;
    }
  | {
      readonly type: "look";
      readonly step: number;
      /** By replica: no error on the problems looked at. */
      readonly solved: readonly boolean[];
      /** By replica: accuracies on the problems looked at, where training goes by bins. */
      readonly accuracies?: readonly { readonly symbol: number; readonly exact: number }[];
    }
  | { readonly type: "diverged"; readonly step: number; readonly replica: number; readonly what: string }
  | {
      readonly type: "checkpoint";
      readonly step: number;
      readonly state: TrainingState;
      /** Why the training ends with this state, or null where it doesn't. */
      readonly ends: "steps" | "solved" | null;
    }
  | {
      readonly type: "done";
      readonly step: number;
      readonly reason: "steps" | "solved" | "aborted";
      readonly state: TrainingState;
    };
