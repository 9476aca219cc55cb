/** Tasks as models see them. */
import type { AnyTask, DrawnTask } from "./contract.ts";
import { isDrawn } from "./kinds.ts";

/** What a task asks of a model: a `Signature`. */
export function signatureOf(task: AnyTask) {
  const { features, values, tolerance = 0, yesNo, padded }: Partial<DrawnTask> = isDrawn(task) ? task : {};
  return {
    channels: task.channels.map((alphabet) => alphabet.length),
    ...(features && { features: features.length }),
    answers: task.output.length,
    ...(values && { values: values.length }),
    ...(yesNo && { yesNo }),
    ...(values && !yesNo && { tolerance }),
    ...(padded && { padded }),
  };
}
