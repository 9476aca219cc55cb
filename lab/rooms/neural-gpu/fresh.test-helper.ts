/** Networks that nobody trained, for tests. */
import { configuredModel, drawParameters, layoutOf, namedParameters, randomSource } from "longhand";
import type { NetworkData } from "../../networks/data.ts";

export function freshNetwork(task: string, maps: number, seed = 1, name = "dngpu"): NetworkData {
  const model = { name, maps };
  const { parameters } = configuredModel({ task, model }).model;
  const drawn = drawParameters(parameters, 1, randomSource(seed));
  return { title: `fresh, of ${maps} maps`, task, model, parameters: namedParameters(drawn, layoutOf(parameters), 1) };
}
