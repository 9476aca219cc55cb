/** What a search may cost, counted in steps of the network rather than in time: the same seed finds the same. */

export interface Meter {
  /** Steps that were evaluated. */
  readonly spent: number;
  readonly budget: number;
  /** Counts steps that are about to be evaluated. @throws the signal's reason when it is aborted. */
  spend(steps: number): void;
  /** Says what is being done from now on. */
  begin(activity: string): void;
}

/** Where a search is. */
export interface RefuteProgress {
  /** What is being done: "all inputs of length 5". */
  readonly activity: string;
  /** Steps that were evaluated, of the budget; the end may come earlier, and some steps later. */
  readonly spent: number;
  readonly budget: number;
}

export function meterOf(budget: number, signal?: AbortSignal, onProgress?: (progress: RefuteProgress) => void): Meter {
  let spent = 0;
  let activity = "";
  return {
    budget,
    get spent() {
      return spent;
    },
    spend(steps) {
      signal?.throwIfAborted();
      spent += steps;
      onProgress?.({ activity, spent, budget });
    },
    begin(next) {
      activity = next;
    },
  };
}
