/** What models of whole problems share: one symbol at each position, and as many steps as positions. */
import { LonghandError } from "../errors.ts";
import {
  cast,
  type Dimension,
  greaterOrEqual,
  pad,
  plus,
  slice,
  squeeze,
  type Tensor,
  transpose,
} from "../graph/index.ts";

/**
 * Number of symbols of the only channel.
 * @throws LonghandError `config` for tasks with several symbols at a position.
 */
export function oneChannel(model: string, channels: readonly number[]): number {
  const [symbols] = channels;
  if (channels.length === 1 && symbols !== undefined) return symbols;
  throw new LonghandError(
    "config",
    `model ${model}: the task has ${channels.length} channels, expected one symbol at each position (binary-multiplication, sort, unaligned-binary-addition …)`,
  );
}

/**
 * Problems with their positions first. There may be one position more than symbols, which is none of any problem: it makes
 * their number even where it is known, as `convolve` likes it.
 * @param symbols int [batch, time, 1], −1 after a problem's own end.
 */
export function positions(symbols: Tensor) {
  const [batch, time] = symbols.shape as [Dimension, Dimension, number];
  const further = typeof time === "number" ? time % 2 : 0;
  const length = plus(time, further);
  const evenly = (x: Tensor) => pad(x, { axis: 0, after: further });
  return {
    batch,
    /** Number of symbols. */
    time,
    /** Number of positions. */
    length,
    /** int [time, batch]. */
    ids: transpose(squeeze(symbols, [-1]), [1, 0]),
    /** [length, batch, 1]: 1 at the positions of a problem, 0 elsewhere. */
    mask: evenly(cast(greaterOrEqual(transpose(symbols, [1, 0, 2]), 0), "float")),
    /** x [time, …] as [length, …], and back. */
    evenly,
    own: (x: Tensor) => slice(x, { axis: 0, end: time }),
  };
}
