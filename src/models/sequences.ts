/** What models of whole problems share: one symbol at each position. */
import { LonghandError } from "../errors.ts";

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
