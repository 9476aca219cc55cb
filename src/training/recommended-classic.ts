/** Settings with which the classic tasks for recurrent networks are learned: measured with an `lstm`, see docs/cells.md. */
import type { DrawnTask } from "../tasks/index.ts";

interface Settings {
  /** Units of the layer. */
  readonly hidden: number;
  /** Options of cells with a state c. */
  readonly cell?: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly learningRate: number;
  readonly solved: Readonly<Record<string, unknown>>;
  /** Length of the problems that say whether it is solved, in trained lengths. Default 1. */
  readonly reach?: number;
  readonly rest?: Readonly<Record<string, unknown>>;
}

/** One problem a length; noise on the state and gates that are 0 or 1 make networks that tell counts well apart. */
const language: Settings = {
  hidden: 8,
  cell: { gate: "hard-sigmoid", candidate: "hard-tanh", squash: "hard-tanh" },
  steps: 8000,
  learningRate: 0.02,
  solved: { samples: 1, every: 500 },
  reach: 5,
  rest: { batch: 1, schedule: { name: "linear" }, stateNoise: { scale: 0.2, growth: 0.5 } },
};

const periodic: Settings = {
  hidden: 16,
  steps: 5000,
  learningRate: 0.01,
  solved: { samples: 1, cost: 0.002 },
  rest: { batch: 1 },
};

/** By the name of a task, without the number that it may end in. */
const settings: Readonly<Record<string, Settings>> = {
  "adding-problem": { hidden: 16, steps: 4000, learningRate: 0.01, solved: { samples: 256, cost: 0.01 } },
  "storing-precise-values": { hidden: 16, steps: 3000, learningRate: 0.01, solved: { samples: 256, cost: 0.002 } },
  "spike-distance": { hidden: 16, steps: 3000, learningRate: 0.01, solved: { cost: 0.001 } },
  // As its authors had it (Gers, Schraudolph and Schmidhuber 2002): measured in surveys/timing.json.
  "timed-spikes": {
    hidden: 16,
    cell: { squash: "identity", biases: { f: -2, o: 2 } },
    steps: 3000,
    learningRate: 0.01,
    solved: { symbolAccuracy: 0.99 },
  },
  "periodic-cosine": periodic,
  "periodic-triangle": periodic,
  "periodic-rectangle": periodic,
  anbn: language,
  anbncn: { ...language, hidden: 10, learningRate: 0.01 },
};

const settingsOf = (task: DrawnTask) => settings[task.name.replace(/-\d+$/, "")];

const hasCellState = (model: string) => /^(lstm|dcm)/.test(model);

/** The loss of tasks that are drawn with their answers: of numbers there is no other. */
export function lossFor({ values, yesNo }: DrawnTask): "squares" | "cross-entropy" {
  return values && !yesNo ? "squares" : "cross-entropy";
}

/** What a training of a classic task uses where nothing else is said; nothing for other tasks. @param ofCells whether the model has a layer of cells. */
export function recommendedClassic(
  task: DrawnTask,
  model: string,
  ofCells: boolean,
): Record<string, unknown> | undefined {
  const found = settingsOf(task);
  if (!found) return undefined;
  const { hidden, cell, solved, reach = 1, rest, ...steps } = found;
  const lengths = task.defaultTrainLengths;
  return {
    model: { name: model, ...(ofCells && { hidden }), ...(hasCellState(model) && cell) },
    lengths: [...lengths],
    ...steps,
    batch: 32,
    loss: lossFor(task),
    ...rest,
    solved: { length: reach * lengths[1], ...solved },
  };
}
