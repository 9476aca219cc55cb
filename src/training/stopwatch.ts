/**
 * Examples a second, and the time left.
 * @param workLeft work of the steps that are left, in the unit in which `count` is told of work. Default: steps.
 */
export function stopwatch(workLeft: (step: number) => number) {
  let begin = performance.now();
  let paused = 0;
  let examples = 0;
  let work = 0;
  return {
    /** A step has been done. @param more its examples. @param done its work. Default 1. */
    count(more: number, done = 1) {
      examples += more;
      work += done;
    },
    /** What comes until `go` isn't training. */
    pause() {
      paused = performance.now();
    },
    go() {
      begin += performance.now() - paused;
    },
    read(step: number) {
      const seconds = (performance.now() - begin) / 1000;
      return { examplesPerSecond: examples / seconds, secondsLeft: (seconds / work) * workLeft(step) };
    },
  };
}
