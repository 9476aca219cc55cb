/** Examples a second, and the time left. */
export function stopwatch(from: number) {
  let begin = performance.now();
  let paused = 0;
  let examples = 0;
  return {
    count(more: number) {
      examples += more;
    },
    /** What comes until `go` isn't training. */
    pause() {
      paused = performance.now();
    },
    go() {
      begin += performance.now() - paused;
    },
    read(step: number, steps: number) {
      const seconds = (performance.now() - begin) / 1000;
      return { examplesPerSecond: examples / seconds, secondsLeft: (seconds / (step - from)) * (steps - step) };
    },
  };
}
