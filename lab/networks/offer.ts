/** Which rooms can show a network. */
import { configuredModel } from "longhand";
import type { NetworkData } from "./data.ts";

export interface Offer {
  /** Name of the room. */
  readonly room: string;
  readonly title: string;
}

/** The rooms that take it, as `network` in their address: the first fits best. */
export function roomsFor({ task, model }: Pick<NetworkData, "task" | "model">): readonly Offer[] {
  const { width, cell } = configuredModel({ task, model }).model;
  if (width !== undefined) return [{ room: "neural-gpu", title: "Neural GPU" }];
  return [
    ...(model.name === "ilrnn" ? [{ room: "adder", title: "Adder" }] : []),
    { room: "gradients", title: "Gradients" },
    ...(cell ? [{ room: "unfold", title: "Unfold" }] : []),
  ];
}
