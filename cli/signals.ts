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
  const handler = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      // Not `process.exit`: it would end threads whose engines are at work, which these take badly.
      dispose();
      process.kill(process.pid, name);
    }
    output.note(`stopping: ${what} (again: stop at once)`);
    controller.abort();
  };
  const dispose = () => {
    for (const name of names) process.off(name, handler);
  };
  for (const name of names) process.on(name, handler);
  return { signal: controller.signal, [Symbol.dispose]: dispose };
}
