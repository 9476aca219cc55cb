/** The progress of a training or an evaluation: one line that is drawn again in a terminal, a few plain lines elsewhere. */
import type { EvaluateOptions, TrainingConfig, TrainingEvent } from "../src/index.ts";
import type { Output } from "./output.ts";
import { count, duration, percent } from "./words.ts";

type StepEvent = Extract<TrainingEvent, { type: "step" }>;

/** Returns what is to be told of each event. */
export function progress(output: Output, { population, solved: test }: TrainingConfig): (event: TrainingEvent) => void {
  let steps = 0;
  let told = 0;
  let solved = "";
  let last: StepEvent | undefined;
  const isLookedAt = (step: number) => test !== null && (step % test.every === 0 || step === steps);
  /** The most important first: a narrow terminal shows fewer. */
  const partsOf = (event: StepEvent) => [
    `step ${count(event.step).padStart(count(steps).length)} of ${count(steps)}`,
    `loss ${event.loss.toPrecision(3)}`,
    ...(solved ? [solved] : []),
    `exact ${percent(event.exactAccuracy)}`,
    `${duration(event.secondsLeft)} left`,
    `symbols ${percent(event.symbolAccuracy)}`,
    `${count(event.examplesPerSecond)} examples/s`,
  ];
  const tell = (event: StepEvent) => {
    if (event.step === told) return;
    told = event.step;
    output.note(partsOf(event).join(" · "));
  };
  return (event) => {
    switch (event.type) {
      case "start":
        steps = event.steps;
        told = event.step;
        break;
      case "step": {
        last = event;
        if (output.redraw) output.redraw(partsOf(event));
        // Where replicas are looked at, the line comes with what was seen.
        else if ((event.step - told >= steps / 10 || event.step === steps) && !isLookedAt(event.step)) tell(event);
        break;
      }
      case "look": {
        const right = event.solved.filter(Boolean).length;
        solved =
          population > 1 ? `solved ${count(right)} of ${count(population)}` : right > 0 ? "solved" : "not solved";
        if (output.redraw && last) output.redraw(partsOf(last));
        else if (last?.step === event.step) tell(last);
        else output.note(`step ${count(event.step)} of ${count(steps)} · ${solved}`);
        break;
      }
      case "diverged":
        output.note(`replica ${event.replica} stopped at step ${count(event.step)}: ${event.what}`);
        break;
      case "done":
        output.redraw?.("");
    }
  };
}

/** Seconds between lines of an evaluation's progress where no line is drawn again. The first comes at once if it takes long. */
const PAUSE = 30;
const LONG = 10;

/** Returns what is to be told of each batch of an evaluation. */
export function evaluationProgress(
  output: Output,
  now = () => performance.now() / 1000,
): NonNullable<EvaluateOptions["onProgress"]> {
  const start = now();
  let told: number | undefined;
  return (part, { length, structured, done, samples }) => {
    const time = now();
    const left = ((time - start) * (1 - part)) / part;
    const parts = [
      `evaluating: ${percent(part)}`,
      `length ${count(length)}${structured === undefined ? "" : `, ${structured}`}: ${count(done)} of ${count(samples)}`,
      `${duration(left)} left`,
    ];
    if (output.redraw) output.redraw(parts);
    else if (part < 1 && (told === undefined ? left > LONG : time - told >= PAUSE)) {
      output.note(parts.join(" · "));
      told = time;
    }
  };
}
