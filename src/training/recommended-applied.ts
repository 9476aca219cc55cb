/** Settings that work for the tasks of real data; how well is recorded in `docs/applying.md`. */

/** Units of the hidden layer, and what goes over the settings of all tasks that are drawn with their answers. */
interface AppliedSettings {
  /** Where none is named. Default: lstm. */
  readonly model?: string;
  readonly hidden: number;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Steps that get smaller to the end. */
const falling = { schedule: { name: "linear" } };
/** There are few images and one book: noise on the state keeps networks from learning them by heart. */
const noise = (scale: number) => ({ stateNoise: { scale, growth: 0.1 } });

const images = { ...falling, batch: 64, learningRate: 0.005 };

/** By the task's name. */
export const appliedSettings: Readonly<Record<string, AppliedSettings>> = {
  digits: { hidden: 64, rest: { ...images, ...noise(0.5), steps: 1000 } },
  "digit-rows": { hidden: 64, rest: { ...images, ...noise(0.3), steps: 2000 } },
  "digit-names": { hidden: 96, rest: { ...images, ...noise(0.3), steps: 2000 } },
  "number-words": { hidden: 128, rest: { ...falling, batch: 64, learningRate: 0.004, steps: 6000 } },
  "next-character": {
    model: "gru",
    hidden: 192,
    rest: { ...falling, ...noise(0.3), batch: 32, learningRate: 0.004, steps: 2500 },
  },
};
