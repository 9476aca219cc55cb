/** A run's metrics as numbers by step; they grow while it is trained. */

/** What one type of record says at each step, in order. */
export interface Metrics {
  /** Records of steps: their own batch, means over the networks. NaN where a number isn't finite. */
  readonly steps: readonly number[];
  readonly loss: readonly number[];
  readonly symbol: readonly number[];
  readonly exact: readonly number[];
  /** Losses of each network, by step. */
  readonly losses: readonly (readonly number[])[];
  /** Looks at other problems than those of the training. */
  readonly looks: readonly Look[];
  /** Of a training by bins: what the newest batch says of each length. */
  readonly bins: readonly BinAccuracy[];
}

export interface Look {
  readonly step: number;
  /** By network: no error on the problems looked at. */
  readonly solved: readonly boolean[];
  /** By network, where the look measures them. */
  readonly symbol: readonly number[];
  readonly exact: readonly number[];
}

export interface BinAccuracy {
  readonly length: number;
  readonly symbol: number;
  readonly exact: number;
}

export const noMetrics: Metrics = { steps: [], loss: [], symbol: [], exact: [], losses: [], looks: [], bins: [] };

type Record_ = Readonly<Record<string, unknown>>;

/**
 * Metrics with more lines of metrics.jsonl. Lines that can't be read, and steps that don't rise, are passed over: a file may be
 * damaged.
 * @param text whole lines.
 */
export function withLines(before: Metrics, text: string): Metrics {
  const steps = [...before.steps];
  const loss = [...before.loss];
  const symbol = [...before.symbol];
  const exact = [...before.exact];
  const losses = [...before.losses];
  const looks = [...before.looks];
  let { bins } = before;
  for (const line of text.split("\n")) {
    const record = parsed(line);
    if (!record || typeof record.step !== "number") continue;
    const { step } = record;
    if (record.type === "step" && step > (steps.at(-1) ?? -1)) {
      steps.push(step);
      loss.push(number(record.loss));
      symbol.push(number(record.symbolAccuracy));
      exact.push(number(record.exactAccuracy));
      losses.push(list(record.losses).map(number));
      const found = list(record.bins).map(binOf);
      if (found.length > 0) bins = found;
    }
    if (record.type === "look" && step > (looks.at(-1)?.step ?? -1)) {
      const accuracies = list(record.accuracies) as readonly Record_[];
      looks.push({
        step,
        solved: list(record.solved).map((value) => value === true),
        symbol: accuracies.map((of) => number(of.symbol)),
        exact: accuracies.map((of) => number(of.exact)),
      });
    }
  }
  return { steps, loss, symbol, exact, losses, looks, bins };
}

function parsed(line: string): Record_ | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record_) : undefined;
  } catch {
    return undefined;
  }
}

function binOf(value: unknown): BinAccuracy {
  const { length, symbolAccuracy, exactAccuracy } = value as Record_;
  return { length: number(length), symbol: number(symbolAccuracy), exact: number(exactAccuracy) };
}

const number = (value: unknown) => (typeof value === "number" ? value : Number.NaN);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
