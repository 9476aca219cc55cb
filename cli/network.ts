/** A network that a command works on: what a run trained, or one built by hand. */
import {
  type BuiltNetwork,
  builtNetworks,
  type Network,
  networkOf,
  replicaOf,
  type Trained,
  type UnitNames,
} from "../src/index.ts";
import { openTrained } from "../src/node.ts";
import { counted } from "./words.ts";

export interface ChosenNetwork {
  /** A run's folder, or the name of a network built by hand. */
  readonly text: string;
  readonly network: Network;
  /** Which network of a population; null of one built by hand. */
  readonly replica: number | null;
  /** Names of its units, where a person gave them some. */
  readonly names?: UnitNames;
  /** Where it comes from, in words. */
  readonly origin: string;
}

export interface ChooseOptions {
  readonly replica?: number;
  readonly previousCheckpoint?: boolean;
}

/** What `longhand build` writes down in a run, and tells of a network. */
export function originOf({ name, source }: BuiltNetwork): string {
  return `${name}, built by hand (${source})`;
}

/** How a run's network came to be: "trained 1,500 steps, seed 1", "full-adder, built by hand (…)". */
export function historyOf({ origin, step, config }: Trained): string {
  const trained = `trained ${counted(step, "step")}, seed ${config.seed}`;
  return origin === undefined ? trained : step === 0 ? origin : `${origin}; ${trained}`;
}

/**
 * The network of a run's folder, or the one built by hand of this name.
 * @throws LonghandError `file` when there is neither.
 */
export async function chooseNetwork(text: string, options: ChooseOptions = {}): Promise<ChosenNetwork> {
  const built = builtNetworks.find(({ name }) => name === text);
  if (built) return { text, network: built.network, replica: null, names: built, origin: originOf(built) };
  const trained = await openTrained(text, { previous: options.previousCheckpoint ?? false });
  const { replica } = replicaOf(trained, options.replica);
  const from = builtNetworks.find((each) => trained.origin?.startsWith(originOf(each)));
  return {
    text,
    network: networkOf(trained, replica),
    replica,
    ...(from && { names: from }),
    origin: historyOf(trained),
  };
}
