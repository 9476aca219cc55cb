/** What a training tells while it runs. Numbers by replica are in the order of the population. */
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
      readonly examplesPerSecond: number;
      readonly secondsLeft: number;
    }
  | {
      readonly type: "look";
      readonly step: number;
      /** By replica: no error on the problems looked at. */
      readonly solved: readonly boolean[];
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
