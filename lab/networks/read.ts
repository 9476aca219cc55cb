/** Network files that Longhand wrote, as `longhand export <run> file.safetensors` does: they say what they hold. */
import { decodeSafetensors, LonghandError } from "longhand";
import { type NetworkData, networkOfData } from "./data.ts";

/**
 * Reads a network.
 * @param title what it is called in the page.
 * @throws LonghandError `format` or `shape` naming what is missing or damaged.
 */
export function readNetwork(title: string, bytes: Uint8Array): NetworkData {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { task, "model.options": options } = metadata;
  if (task === undefined || options === undefined) {
    throw new LonghandError("format", `${title}: doesn't say its task and model; expected a file of longhand export`);
  }
  const model = JSON.parse(options) as NetworkData["model"];
  const data = { title, task, model, parameters: tensors };
  networkOfData(data);
  return data;
}
