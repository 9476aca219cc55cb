/** Telling kinds of tasks apart. */
import { LonghandError } from "../errors.ts";
import type { AnyTask, DrawnTask, Task } from "./contract.ts";

/** Whether a task's problems are drawn with their answers. */
export function isDrawn(task: AnyTask): task is DrawnTask {
  return "draw" in task;
}

/**
 * The task as one whose problems have exact answers, which can be worked out, traced letter by letter and proved.
 * @throws LonghandError `argument` for a task whose problems are drawn with their answers.
 */
export function exactTask(task: AnyTask): Task {
  if (!isDrawn(task)) return task;
  throw new LonghandError(
    "argument",
    `task ${task.name}: its problems are drawn with their answers; expected a task that works answers out, such as binary-addition`,
  );
}
