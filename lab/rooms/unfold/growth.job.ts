/** Sizes over the number of time steps, drawn. */
import { curvesPicture, type UnfoldedSize, unfoldingGrowth } from "longhand";
import { type ChosenNetwork, networkOf } from "./network.ts";

export interface GrowthInput extends ChosenNetwork {
  /** The most time steps. */
  readonly steps: number;
  /** The number of them that is chosen. */
  readonly chosen: number;
  readonly thresholds: boolean;
}

export interface Growth {
  readonly sizes: readonly UnfoldedSize[];
  /** Pictures: of the network, and of its formula. */
  readonly network: string;
  readonly formula: string;
}

export function job({ steps, chosen, thresholds, ...settings }: GrowthInput): Growth {
  const network = networkOf(settings);
  const sizes = unfoldingGrowth(network, { steps, thresholds });
  const series = (name: string, of: (size: UnfoldedSize) => number) => ({
    name,
    runs: [{ x: sizes.map((size) => size.steps), y: sizes.map(of) }],
  });
  const shared = {
    x: { label: "time steps" },
    marks: [{ x: chosen, label: `T = ${chosen}` }],
    size: { width: 360, height: 240 },
    legend: "below",
  } as const;
  const hasGates = sizes.some(({ named, expanded }) => expanded > 2 * named);
  return {
    sizes,
    network: curvesPicture({
      title: "The network grows in proportion; its weights don't",
      ...shared,
      y: { label: "how many" },
      series: [
        series("operations", (size) => size.operations),
        series("weights and biases in all places", (size) => size.parameters),
        series("different ones", (size) => size.distinctParameters),
      ],
    }),
    formula: curvesPicture({
      title: hasGates ? "Put into each other, its equations explode" : "Its formula grows in proportion too",
      ...shared,
      y: { label: "symbols of the formula", scale: "log" },
      series: [
        series("all values put in", (size) => size.expanded),
        series("each value an equation of its own", (size) => size.named),
      ],
    }),
  };
}
