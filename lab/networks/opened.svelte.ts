/** The network that a room's address names, as it is opened. */
import type { NetworkData } from "./data.ts";
import { openNetwork } from "./sources.ts";

export interface FollowedNetwork {
  /** Undefined while there is none: nothing is named, it is being opened, or it can't be. */
  readonly data: NetworkData | undefined;
  readonly error: unknown;
}

/** To be called while a component is set up. @param source follows the address; "": no network is named. */
export function followNetwork(source: () => string): FollowedNetwork {
  let data = $state.raw<NetworkData>();
  let error = $state.raw<unknown>();
  $effect(() => {
    data = undefined;
    error = undefined;
    const named = source();
    if (named === "") return;
    let isCurrent = true;
    openNetwork(named).then(
      (opened) => {
        if (isCurrent) data = opened;
      },
      (reason: unknown) => {
        if (isCurrent) error = reason;
      },
    );
    return () => {
      isCurrent = false;
    };
  });
  return {
    get data() {
      return data;
    },
    get error() {
      return error;
    },
  };
}
