/** The network that the room's address asks for. */
import {
  builtNetworks,
  configuredModel,
  drawParameters,
  layoutOf,
  namedParameters,
  randomSource,
  type UnitNames,
} from "longhand";
import type { NetworkData } from "../../networks/data.ts";
import { followNetwork } from "../../networks/opened.svelte.ts";
import type { RoomValues } from "./settings.ts";

export interface ChosenNetwork {
  readonly data: NetworkData;
  /** Names of its units, where somebody gave them. */
  readonly names?: UnitNames;
}

/** The network that was last trained in the room: it stays while other rooms are visited. */
let last = $state.raw<NetworkData>();

export function keepTrained(network: NetworkData): void {
  last = network;
}

export function hasTrained(): boolean {
  return last !== undefined;
}

type Asked = Pick<RoomValues, "network" | "task" | "units" | "activation" | "seed">;

/** Follows the settings; to be called while the room is set up. A network that has to be fetched comes a moment later. */
export function chosenNetwork(values: Asked): { readonly value: ChosenNetwork | undefined; readonly error: unknown } {
  const isSource = $derived(values.network.includes(":"));
  const fetched = followNetwork(() => (isSource ? values.network : ""));
  const found = $derived.by((): { value?: ChosenNetwork; error?: unknown } => {
    const { data, error } = fetched;
    if (isSource) return { ...(data && { value: { data } }), error };
    try {
      const value =
        values.network === "trained" ? trained() : values.network === "drawn" ? drawn(values) : built(values);
      return { value };
    } catch (error) {
      return { error };
    }
  });
  return {
    get value() {
      return found.value;
    },
    get error() {
      return found.error;
    },
  };
}

function built({ network: name }: Asked): ChosenNetwork {
  const found = builtNetworks.find((network) => network.name === name);
  if (!found) {
    const known = builtNetworks.map((network) => network.name).join(", ");
    throw new Error(`network "${name}": expected ${known}, drawn, trained, or a source such as run:<id>`);
  }
  const { summary, inputs, units } = found;
  const { task, model, parameters } = found.network;
  const data = { title: summary, task: task.name, model: { ...model.options, name: model.name }, parameters };
  return { data, names: { inputs, units } };
}

function trained(): ChosenNetwork {
  if (last) return { data: last };
  throw new Error(
    "this link shows a network that was trained in a page; train it again here: the same seed gives the same network",
  );
}

/** An inter-layer network as it is before it has learned anything. */
function drawn({ task, units, activation, seed }: Asked): ChosenNetwork {
  const options = { name: "ilrnn", layers: [...units], activation };
  const { model } = configuredModel({ task, model: options });
  const numbers = drawParameters(model.parameters, 1, randomSource(seed));
  const parameters = namedParameters(numbers, layoutOf(model.parameters), 1);
  return { data: { title: `drawn with seed ${seed}`, task, model: options, parameters } };
}
