/** The held-out images of a task with a network's answers, as a file. */
import { imageSheet, isDrawn, LonghandError, type Trained } from "../src/index.ts";
import { type PredictOptions, predictMany } from "../src/node.ts";
import { historyOf } from "./network.ts";
import type { Output } from "./output.ts";
import { count } from "./words.ts";
import { writeOutput } from "./write-files.ts";

/**
 * Checks that a sheet can be made.
 * @throws LonghandError `argument` for a task without images, or a file of another kind.
 */
export function checkSheet({ task }: Trained, file: string): void {
  if (!isDrawn(task) || !task.images) {
    throw new LonghandError(
      "argument",
      `--sheet: task ${task.name} has no images; expected one that has, such as digits`,
    );
  }
  if (!file.endsWith(".svg")) {
    throw new LonghandError("argument", `--sheet: received "${file}", expected a name ending in .svg`);
  }
}

/** Writes the sheet of one network. */
export async function writeSheet(
  output: Output,
  trained: Trained,
  file: string,
  options: PredictOptions,
): Promise<void> {
  const { task, model } = trained;
  if (!isDrawn(task) || !task.images) return;
  const { width, list } = task.images();
  const names = list.map(({ name }) => name);
  const predictions = await predictMany(trained, names, options);
  const images = list.map(({ name, pixels }, k) => {
    const { answer, exact } = predictions[k]!;
    return { name, pixels, answer, exact };
  });
  const wrong = predictions.filter(({ isRight }) => !isRight).length;
  const title = `${count(wrong)} of ${count(images.length)} held-out images answered wrong`;
  const subtitle = `${model.name} on ${task.name}; ${historyOf(trained)}`;
  await writeOutput(file, imageSheet({ title, subtitle, width, images }));
  output.print();
  output.print(`${file}: ${title}`);
}
