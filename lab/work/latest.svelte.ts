/** Results that follow their input, as a slider's: while one is computed the next waits, and only the newest waits. */
import { engine } from "../app/engine.svelte.ts";
import type { JobName } from "./jobs.ts";
import { type InputOf, type ResultOf, type Started, start } from "./start.svelte.ts";

export interface Latest<Result> {
  /** The newest result; it stays while the next one is computed. */
  readonly value: Result | undefined;
  readonly error: unknown;
  readonly isRunning: boolean;
  /** Gives up what is computed now, and what waits. */
  stop(): void;
}

/** To be called while a component is set up. `input` may answer undefined: then there is nothing to compute. */
export function latest<Name extends JobName>(
  job: Name,
  input: () => InputOf<Name> | undefined,
): Latest<ResultOf<Name>> {
  let value = $state.raw<ResultOf<Name>>();
  let error = $state.raw<unknown>();
  let isRunning = $state(false);
  let running: Started<ResultOf<Name>> | undefined;
  let waiting: InputOf<Name> | undefined;

  const run = (given: InputOf<Name>) => {
    isRunning = true;
    running = start(job, given);
    running.result
      .then(
        (result) => {
          value = result;
          error = undefined;
        },
        (reason) => {
          error = reason;
        },
      )
      .finally(() => {
        running = undefined;
        isRunning = false;
        if (waiting === undefined) return;
        const next = waiting;
        waiting = undefined;
        run(next);
      });
  };

  $effect(() => {
    const given = $state.snapshot(input()) as InputOf<Name> | undefined;
    // Another runtime computes it anew.
    void [engine.name, engine.threads];
    if (given === undefined || running) waiting = given;
    else run(given);
  });
  const stop = () => {
    waiting = undefined;
    running?.stop();
    running = undefined;
    isRunning = false;
  };
  $effect(() => stop);

  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    get isRunning() {
      return isRunning;
    },
    stop,
  };
}
