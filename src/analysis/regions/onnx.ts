/** A region network as a file for other tools. */

import { lower } from "../../runtime/onnx/lowering.ts";
import { encodeModel } from "../../runtime/onnx/proto.ts";
import { VERSION } from "../../version.ts";
import type { RegionNetwork } from "./network.ts";

/**
 * A region network as an ONNX model (operator set 17), with the batch open: input `x` float [batch, d]; outputs `hyperplanes`
 * float [batch, n], `regions` float [batch, m] and `class` float [batch], each 0 or 1. Weights are constants, rounded to 32
 * bits. The metadata names the chosen regions by their labels and signs.
 * @returns the bytes of an `.onnx` file.
 */
export function regionNetworkOnnx({ program, chosen }: RegionNetwork): Uint8Array {
  const doc =
    "Threshold units g(a) = 1 where a > 0, otherwise 0. x: float [batch, d]; class: float [batch], 1 in the chosen regions; " +
    "hyperplanes, regions: the units of the first and of the second layer.";
  const metadata = {
    "longhand.version": VERSION,
    regions: JSON.stringify(chosen.map(({ label, signs }) => ({ label, signs }))),
  };
  return encodeModel({ ...lower(program, { doc, metadata }), producerVersion: VERSION });
}
