/** The timed steps of a case. */
import type { CaseFile } from "../contract.ts";

/** Milliseconds of each step, and of the processor's time. Ends early once the steps have taken `maximumSeconds`. */
export async function timed(
  step: () => Promise<unknown>,
  { iterations, maximumSeconds }: Pick<CaseFile, "iterations" | "maximumSeconds">,
): Promise<{ times_ms: number[]; cpu_ms: number[] }> {
  const times: number[] = [];
  const processor: number[] = [];
  let total = 0;
  for (let i = 0; i < iterations; i++) {
    const start = performance.now();
    const used = process.cpuUsage();
    await step();
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1000);
    total += times.at(-1)!;
    if (i >= 2 && total > 1000 * maximumSeconds) break;
  }
  return { times_ms: times, cpu_ms: processor };
}
