/** Networks built by hand: exact by construction, what trained ones are measured against. */
import { unknownName } from "../../errors.ts";
import type { BuiltNetwork } from "./built.ts";
import { fullAdder, fullAdderWithMargin } from "./full-adder.ts";
import { incrementNetwork } from "./increment.ts";
import { parityNetwork } from "./parity.ts";
import { threeUnitAdder } from "./three-unit-adder.ts";

export type { BuiltNetwork };
export { fullAdder, fullAdderWithMargin, incrementNetwork, parityNetwork, threeUnitAdder };

/** All networks built by hand. */
export const builtNetworks: readonly BuiltNetwork[] = [
  fullAdder,
  fullAdderWithMargin,
  threeUnitAdder,
  parityNetwork,
  incrementNetwork,
];

/**
 * The network of this name.
 * @throws LonghandError `unknown-name`.
 */
export function findBuilt(name: string): BuiltNetwork {
  const found = builtNetworks.find((built) => built.name === name);
  if (found) return found;
  throw unknownName(
    "network built by hand",
    name,
    builtNetworks.map((built) => built.name),
  );
}
