/** Ctrl+C: once to end in order, twice to end at once. */
import type { Output } from "./output.ts";

/**
 * A signal that is aborted by SIGINT or SIGTERM; a second one kills the process.
 * @param what is still done.
 */
export function stopOnSignals(
  output: Output,
  what = "the step is finished and a checkpoint written",
): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const names = ["SIGINT", "SIGTERM"] as const;
  const handler = () => {
    if (controller.signal.aborted) process.exit(130);
    output.note(`stopping: ${what} (again: stop at once)`);
    controller.abort();
  };
  for (const name of names) process.on(name, handler);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, handler);
    },
  };
}
