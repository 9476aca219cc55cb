/** What a run's result.json says. */
import { count, percent } from "./words.ts";

interface Finding {
  readonly length: number;
  readonly results: readonly { readonly exact: { readonly successes: number; readonly trials: number } }[];
}

/** "length 1,000: 100% of 1,024"; of a population the networks without error; "–" where nothing was tested. */
export function findingText(result: unknown): string {
  const found = findingOf(result);
  if (!found) return "–";
  const { length, results } = found;
  const [first] = results;
  if (!first) return "–";
  if (results.length === 1) {
    return `length ${count(length)}: ${percent(first.exact.successes / first.exact.trials)} of ${count(first.exact.trials)}`;
  }
  const faultless = results.filter(({ exact }) => exact.successes === exact.trials).length;
  return `length ${count(length)}: ${faultless} of ${results.length} networks without error`;
}

function findingOf(result: unknown): Finding | undefined {
  const finding = (result as { finding?: Partial<Finding> | null } | null)?.finding;
  const isWhole =
    typeof finding?.length === "number" &&
    Array.isArray(finding.results) &&
    finding.results.every((of) => typeof of?.exact?.successes === "number" && typeof of.exact.trials === "number");
  return isWhole ? (finding as Finding) : undefined;
}
