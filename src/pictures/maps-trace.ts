/** A network's trace as what its picture needs. */
import { LonghandError } from "../errors.ts";
import type { NetworkTrace } from "../networks/index.ts";
import type { MapsTrace } from "./maps-layout.ts";

/**
 * The state, or the gates, of a network whose state has positions, for `mapsImage`, `mapsSvg` and `mapsPng`.
 * @param task name of the network's task. @param shows "state", "update" or "reset".
 * @throws LonghandError `argument` for a network without positions, or values that weren't traced.
 */
export function mapsTraceOf(task: string, trace: NetworkTrace, shows: string): MapsTrace {
  const { input, answer, exact, directions } = trace;
  const values = trace.values[shows];
  if (!directions || !values) {
    const known = directions
      ? Object.keys(trace.values).join(", ")
      : "the trace of a network whose state has positions";
    throw new LonghandError("argument", `maps of a trace: received "${shows}", expected ${known}`);
  }
  const [times, length, maps] = values.shape as [number, number, number];
  return {
    task,
    input: input.map(([symbol]) => symbol!),
    answer,
    exact,
    values: values.data,
    time: times - 1,
    length,
    maps,
    directions,
    range: shows === "state" ? [-1, 1] : [0, 1],
  };
}
