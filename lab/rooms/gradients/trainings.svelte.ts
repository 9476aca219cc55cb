/** The trainings of the networks that are compared, each in a worker of its own. */
import { type Started, start } from "../../work/start.svelte.ts";
import type { CellName, TrainSettings } from "./network-settings.ts";
import type { Snapshot, TrainPoint } from "./train.job.ts";

export interface TrainingSide {
  readonly cell: CellName;
  readonly points: readonly TrainPoint[];
  readonly snapshots: readonly Snapshot[];
  readonly runtime: string;
  readonly secondsLeft: number;
  readonly isRunning: boolean;
  readonly error: unknown;
}

export interface Trainings {
  readonly sides: readonly TrainingSide[];
  readonly isRunning: boolean;
  run(settings: TrainSettings, cells: readonly CellName[]): void;
  /** Ends them; what they have learned so far stays. */
  stop(): void;
  /** As if nothing had been trained. */
  clear(): void;
}

/** To be called while a component is set up; its trainings end with it. */
export function trainings(): Trainings {
  let sides = $state.raw<readonly TrainingSide[]>([]);
  let running: Started<void>[] = [];
  const change = (k: number, part: Partial<TrainingSide>) => {
    sides = sides.map((side, other) => (other === k ? { ...side, ...part } : side));
  };
  const stop = () => {
    for (const { stop } of running) stop();
    running = [];
    sides = sides.map((side) => ({ ...side, isRunning: false }));
  };
  $effect(() => () => {
    for (const { stop } of running) stop();
  });
  return {
    get sides() {
      return sides;
    },
    get isRunning() {
      return sides.some(({ isRunning }) => isRunning);
    },
    run(settings, cells) {
      stop();
      sides = cells.map((cell) => ({
        cell,
        points: [],
        snapshots: [],
        runtime: "",
        secondsLeft: Number.POSITIVE_INFINITY,
        isRunning: true,
        error: undefined,
      }));
      running = cells.map((cell, k) => {
        const started = start("gradients/train", { settings, cell }, ({ points, snapshots, ...rest }) => {
          const { points: before, snapshots: known } = sides[k]!;
          change(k, { ...rest, points: [...before, ...points], snapshots: [...known, ...snapshots] });
        });
        started.result.then(
          () => change(k, { isRunning: false }),
          (error) => change(k, { isRunning: false, error }),
        );
        return started;
      });
    },
    stop,
    clear() {
      stop();
      sides = [];
    },
  };
}
