/**
 * A population in shards: parts that are trained in graphs of their own, at the same time where there are several
 * processors. All shards go from event to event together; their events are merged into one stream.
 */
import { LonghandError } from "../errors.ts";
import type { ArrayData } from "../graph/index.ts";
import { trainBins } from "./bins/trainer.ts";
import type { TrainingConfig } from "./config.ts";
import type { TrainingEvent } from "./events.ts";
import type { TrainingState } from "./state.ts";
import { type Answer, endsTraining, type TrainOptions, train } from "./trainer.ts";

/** Trains a part of a population: here, or in a worker. */
export type RunShard = (
  config: TrainingConfig,
  options: Pick<TrainOptions, "state" | "firstReplica">,
) => AsyncGenerator<TrainingEvent, void, Answer>;

/** First replica and number of replicas of each shard. */
export function shardsOf({ population, shard, curriculum }: TrainingConfig): { first: number; count: number }[] {
  if (curriculum || population <= shard) return [{ first: 0, count: population }];
  const number = Math.ceil(population / shard);
  // As even as can be: 101 replicas in shards of 50 are 34, 34 and 33.
  const starts = Array.from({ length: number + 1 }, (_, k) => Math.floor((k * population) / number));
  return starts.slice(0, -1).map((first, k) => ({ first, count: starts[k + 1]! - first }));
}

/**
 * Trains a population, in shards if it is larger than `config.shard`: the same events as `train`.
 * @param runShard how a shard is trained. Default: in this thread.
 * @throws LonghandError as `train`.
 */
export async function* trainPopulation(
  config: TrainingConfig,
  options: TrainOptions & { readonly runShard?: RunShard },
): AsyncGenerator<TrainingEvent, void, Answer> {
  if (config.bins) {
    yield* trainBins(config, options);
    return;
  }
  const shards = shardsOf(config);
  if (shards.length === 1) {
    yield* train(config, options);
    return;
  }
  const { runtime, state, signal, own, runShard } = options;
  const run: RunShard = runShard ?? ((part, more) => train(part, { runtime, ...(own && { own }), ...more }));
  const streams = shards.map(({ first, count }) => {
    const part = state && sliceState(state, first, count, config.population);
    return run({ ...config, population: count }, { firstReplica: first, ...(part && { state: part }) });
  });
  const divergedAt = state ? [...state.divergedAt] : new Array<number | null>(config.population).fill(null);
  /** Set once no replica has finite numbers left: the shards are stopped, and their state is kept. */
  let failure: string | undefined;
  try {
    let answer: Answer;
    for (;;) {
      const given = answer;
      const results = await Promise.all(streams.map((stream) => stream.next(given)));
      answer = undefined;
      if (results.every(({ done }) => done)) return;
      const events: TrainingEvent[] = results.map(({ value }) => value as TrainingEvent);
      // A replica that diverges is told of at once; its shard then goes on to the event that the others have reached.
      for (const [k, stream] of streams.entries()) {
        for (let event = events[k]!; event.type === "diverged"; event = events[k]!) {
          const replica = shards[k]!.first + event.replica;
          divergedAt[replica] = event.step;
          if (divergedAt.every((step) => step !== null))
            failure ??= `training stopped at step ${event.step}: ${event.what}`;
          yield { ...event, replica };
          events[k] = (await stream.next()).value as TrainingEvent;
        }
      }
      const merged = merge(
        events,
        shards.map(({ count }) => count),
      );
      if (failure !== undefined) {
        if (merged.type === "checkpoint") yield merged;
        if (merged.type === "done") {
          const advice = "A smaller learning rate or gradient clipping may help";
          throw new LonghandError("not-finite", `${failure}; the last finite parameters are kept. ${advice}`);
        }
        answer = merged.type === "look" ? "go on" : "stop";
        continue;
      }
      if (merged.type === "look") {
        answer = endsTraining(config, merged.step, merged.solved, divergedAt) ? "solved" : "go on";
      }
      yield merged;
      if (signal?.aborted && merged.type === "step") answer = "stop";
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return()));
  }
}

/** One event of all shards out of the same event of each. */
function merge(events: readonly TrainingEvent[], counts: readonly number[]): TrainingEvent {
  const [first] = events as [TrainingEvent];
  for (const event of events) {
    if (event.type !== first.type || event.step !== first.step) {
      throw new LonghandError(
        "runtime",
        `shards disagree: ${first.type} at step ${first.step}, ${event.type} at step ${event.step}`,
      );
    }
  }
  const all = <Type extends TrainingEvent["type"]>(_: Type) => events as Extract<TrainingEvent, { type: Type }>[];
  switch (first.type) {
    case "start":
    case "diverged":
      return first;
    case "step": {
      const parts = all("step");
      // Shards without a finite replica left have no mean.
      const total = counts.reduce((sum, count, k) => sum + (Number.isFinite(parts[k]!.loss) ? count : 0), 0);
      const mean = (name: "loss" | "symbolAccuracy" | "exactAccuracy" | "gradientNorm") =>
        parts.reduce((sum, part, k) => sum + (Number.isFinite(part.loss) ? part[name] * counts[k]! : 0), 0) / total;
      return {
        ...first,
        loss: mean("loss"),
        symbolAccuracy: mean("symbolAccuracy"),
        exactAccuracy: mean("exactAccuracy"),
        gradientNorm: mean("gradientNorm"),
        losses: parts.flatMap(({ losses }) => losses),
        examplesPerSecond: parts.reduce((sum, part) => sum + part.examplesPerSecond, 0),
        secondsLeft: Math.max(...parts.map(({ secondsLeft }) => secondsLeft)),
      };
    }
    case "look":
      return { ...first, solved: all("look").flatMap(({ solved }) => solved) };
    case "checkpoint":
      return { ...first, state: joinStates(all("checkpoint").map(({ state }) => state)) };
    case "done":
      return { ...first, state: joinStates(all("done").map(({ state }) => state)) };
  }
}

function join(parts: readonly ArrayData[]): ArrayData {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const all = parts[0] instanceof Float64Array ? new Float64Array(size) : new Float32Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joinStates(states: readonly TrainingState[]): TrainingState {
  const [first] = states as [TrainingState];
  return {
    ...first,
    parameters: join(states.map(({ parameters }) => parameters)),
    slots: Object.fromEntries(
      Object.keys(first.slots).map((name) => [name, join(states.map(({ slots }) => slots[name]!))]),
    ),
    solvedAt: states.flatMap(({ solvedAt }) => solvedAt),
    divergedAt: states.flatMap(({ divergedAt }) => divergedAt),
  };
}

/** The part of a population's state that belongs to some replicas. */
function sliceState(state: TrainingState, first: number, count: number, population: number): TrainingState {
  const size = state.parameters.length / population;
  const rows = (data: ArrayData) => data.slice(first * size, (first + count) * size);
  return {
    ...state,
    parameters: rows(state.parameters),
    slots: Object.fromEntries(Object.entries(state.slots).map(([name, data]) => [name, rows(data)])),
    solvedAt: state.solvedAt.slice(first, first + count),
    divergedAt: state.divergedAt.slice(first, first + count),
  };
}
