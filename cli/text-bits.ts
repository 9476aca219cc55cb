/** How networks that were trained on a text compare with counting. */
import { isDrawn, type Trained } from "../src/index.ts";
import { type TextBits, textBits } from "../src/node.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { count, counted, median } from "./words.ts";

/** Prints and gives the bits a character of the held-out text; null for tasks without one. */
export async function compareTexts(
  output: Output,
  trained: Trained,
  options: Parameters<typeof textBits>[1],
): Promise<TextBits | null> {
  if (!isDrawn(trained.task) || !trained.task.text) return null;
  const found = await textBits(trained, options);
  const { symbols, networks, ngrams } = found;
  const names = ["all equally likely", "single characters", "pairs", "trigrams"];
  const bits = networks.map((network) => network.bits);
  const range = `${Math.min(...bits).toFixed(3)} to ${Math.max(...bits).toFixed(3)}`;
  output.print();
  output.print(`The held-out text as a whole, ${counted(symbols, "character")}, in bits a character:`);
  output.print();
  const rows = [
    bits.length === 1
      ? ["the network", bits[0]!.toFixed(3)]
      : [`median of ${count(bits.length)} networks (${range})`, median(bits).toFixed(3)],
    ...ngrams.map((value, order) => [names[order] ?? `${order}-grams`, value.toFixed(3)]).reverse(),
  ];
  for (const line of table(["", "bits"], rows, [1])) output.print(line);
  return found;
}
