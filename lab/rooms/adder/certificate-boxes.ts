/** What a certificate says of network states, as the boxes of a picture. */
import {
  type Certificate,
  configuredModel,
  exactTask,
  makeNetwork,
  ndarray,
  type StateBoxes,
  subscript,
  type VisitedState,
  wiringOf,
} from "longhand";

/** The boxes of a certificate, told apart by the letters that lead into them, and states that were visited. */
export function boxesOf({ machine, network, sets, moves, task: name }: Certificate, visited: readonly VisitedState[]) {
  const { task: anyTask, model } = configuredModel({ task: name, model: modelOf(network.model) });
  const task = exactTask(anyTask);
  const letterText = (letter: number) =>
    machine.letters[letter]!.map((symbol, channel) => task.channels[channel]![symbol]!).join("+");
  const boxes = sets.map(({ state, bounds }, set) => {
    const letters = [...new Set(moves.filter((move) => move[2] === set).map((move) => move[1]))].map(letterText);
    const some = letters.length > 6 ? `${letters.slice(0, 6).join(", ")} …` : letters.join(", ");
    const parts = Object.keys(model.state).map((tensor) => bounds[tensor]!);
    return {
      state,
      lower: parts.flatMap(({ lower }) => lower),
      upper: parts.flatMap(({ upper }) => upper),
      label: `after ${some}`,
    };
  });
  const parameters = Object.fromEntries(
    Object.entries(network.weights).map(([parameter, { shape, values }]) => [
      parameter,
      ndarray(Float64Array.from(values), shape),
    ]),
  );
  const opened = makeNetwork({ task, model, parameters });
  const units =
    model.name === "ilrnn"
      ? wiringOf(opened).layers.flatMap((layer) => layer.map((unit) => unit.name))
      : Object.entries(model.state).flatMap(([tensor, width]) =>
          Array.from({ length: width }, (_, k) => `${tensor}${width > 1 ? subscript(k + 1) : ""}`),
        );
  const drawing: Omit<StateBoxes, "title"> = {
    units,
    states: machine.states,
    boxes,
    points: visited,
    ...rangeOf(String(network.model.activation)),
  };
  return drawing;
}

function modelOf(model: Readonly<Record<string, unknown>>) {
  return { ...model, name: String(model.name) };
}

/** Between which values a unit is, and where it is neither on nor off. */
function rangeOf(activation: string): Pick<StateBoxes, "range" | "threshold"> {
  if (["hard-sigmoid", "sigmoid", "step"].includes(activation)) return { range: [0, 1], threshold: 0.5 };
  if (["tanh", "hard-tanh"].includes(activation)) return { range: [-1, 1], threshold: 0 };
  return {};
}

/** Two units worth looking at: the one that tells the machine's states apart best, and of the others the least settled. */
export function tellingUnits({ units, boxes }: Pick<StateBoxes, "units" | "boxes">): [x: number, y: number] {
  const numbers = units.map((_, unit) => unit);
  const pairs = boxes.flatMap((a, k) =>
    boxes.slice(0, k).flatMap((b) => (a.state === b.state ? [] : [[a, b] as const])),
  );
  /** Least distance of two boxes of different states. */
  const distance = (unit: number) =>
    pairs.reduce(
      (least, [a, b]) => Math.min(least, Math.max(a.lower[unit]! - b.upper[unit]!, b.lower[unit]! - a.upper[unit]!)),
      Number.POSITIVE_INFINITY,
    );
  const width = (unit: number) => boxes.reduce((sum, { lower, upper }) => sum + upper[unit]! - lower[unit]!, 0);
  const x = most(numbers, distance) ?? 0;
  const others = numbers.filter((unit) => unit !== x);
  return [x, most(others, width) ?? x];
}

function most(numbers: readonly number[], measure: (number: number) => number): number | undefined {
  let best: number | undefined;
  for (const number of numbers) if (best === undefined || measure(number) > measure(best)) best = number;
  return best;
}
