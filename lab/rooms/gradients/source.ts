/** Where a network that is looked at comes from: drawn here, perhaps trained, or from elsewhere. */
import type { ArrayData } from "longhand";
import type { NetworkData } from "../../networks/data.ts";
import { type CellName, type FreshSettings, networkOf } from "./network-settings.ts";

export type NetworkSource =
  | {
      readonly kind: "drawn";
      readonly settings: FreshSettings;
      readonly cell: CellName;
      readonly trained?: { readonly step: number; readonly parameters: ArrayData };
    }
  | { readonly kind: "given"; readonly network: NetworkData };

export function networkFrom(source: NetworkSource): NetworkData {
  return source.kind === "given" ? source.network : networkOf(source.settings, source.cell, source.trained?.parameters);
}
