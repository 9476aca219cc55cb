/** Measured accuracies by length as curves. */
import type { CurveSeries, LengthResult } from "longhand";
import type { Metrics } from "./metrics.ts";

/** A series a run, a curve a network: the part of whole answers (or of their symbols) that is right. */
export function lengthSeries(
  runs: readonly { readonly name: string; readonly results: readonly LengthResult[] }[],
  kind: "exact" | "symbol",
): CurveSeries[] {
  return runs
    .filter(({ results }) => results.length > 0)
    .map(({ name, results }) => {
      const replicas = [...new Set(results.map(({ replica }) => replica))];
      return {
        name,
        runs: replicas.map((replica) => {
          const own = results.filter((result) => result.replica === replica);
          return { x: own.map(({ length }) => length), y: own.map((result) => result[kind].value) };
        }),
      };
    });
}

/** A series a run that trains by bins: exact accuracy of the newest batch. */
export function binSeries(
  runs: readonly { readonly row: { readonly run: { readonly id: string } }; readonly metrics: Metrics }[],
): CurveSeries[] {
  return runs
    .filter(({ metrics }) => metrics.bins.some(({ exact }) => Number.isFinite(exact)))
    .map(({ row, metrics: { bins } }) => ({
      name: row.run.id,
      runs: [{ x: bins.map(({ length }) => length), y: bins.map(({ exact }) => exact) }],
    }));
}

/** A row of a table: all networks of a run at one length. */
export interface LengthRow {
  readonly length: number;
  readonly isTrained: boolean;
  readonly networks: number;
  /** Networks without an error. */
  readonly faultless: number;
  /** Over all networks' problems. */
  readonly right: number;
  readonly problems: number;
  /** 95% interval of one network's rate, where there is one network. */
  readonly interval: readonly [number, number] | null;
  readonly symbol: number;
  /** The first problem that one of them got wrong, where it is told. */
  readonly mistake: LengthResult["mistake"];
}

export function lengthRows(results: readonly LengthResult[]): LengthRow[] {
  const lengths = [...new Set(results.map(({ length }) => length))];
  return lengths.map((length) => {
    const all = results.filter((result) => result.length === length);
    const sum = (value: (result: LengthResult) => number) => all.reduce((total, result) => total + value(result), 0);
    const [first] = all;
    return {
      length,
      isTrained: first!.isTrained,
      networks: all.length,
      faultless: all.filter(({ exact }) => exact.successes === exact.trials).length,
      right: sum(({ exact }) => exact.successes),
      problems: sum(({ exact }) => exact.trials),
      interval: all.length === 1 ? [first!.exact.low, first!.exact.high] : null,
      symbol: sum(({ symbol }) => symbol.successes) / sum(({ symbol }) => symbol.trials),
      mistake: all.find(({ mistake }) => mistake)?.mistake,
    };
  });
}
