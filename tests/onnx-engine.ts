/** ONNX models on ONNX Runtime alone: the engine as another tool would use it. */
import * as ort from "onnxruntime-node";
import type { ArrayData, NDArray } from "../src/graph/array.ts";
import { encodeModel, type OnnxModel } from "../src/runtime/onnx/proto.ts";

/** Runs a model once. */
export async function runModel(
  model: OnnxModel,
  inputs: Readonly<Record<string, NDArray>>,
): Promise<Record<string, NDArray>> {
  const session = await ort.InferenceSession.create(encodeModel(model), { logSeverityLevel: 4 });
  try {
    const feeds = Object.entries(inputs).map(([name, { dtype, shape, data }]) => {
      if (dtype === "int") return [name, new ort.Tensor("int32", data as Int32Array, shape)];
      return [name, new ort.Tensor("float32", Float32Array.from(data), shape)];
    });
    const made = await session.run(Object.fromEntries(feeds) as Record<string, ort.Tensor>);
    return Object.fromEntries(
      Object.entries(made).map(([name, { type, dims, data }]) => {
        return [name, { dtype: type === "float32" ? "float" : "int", shape: dims, data: data as ArrayData }];
      }),
    );
  } finally {
    await session.release();
  }
}

/** The types of a model's nodes, those in bodies included. */
export function operatorsOf({ nodes }: Pick<OnnxModel["graph"], "nodes">): string[] {
  return nodes.flatMap(({ opType, attributes }) => [
    opType,
    ...Object.values(attributes).flatMap((attribute) =>
      attribute.type === "graph" ? operatorsOf(attribute.value) : [],
    ),
  ]);
}
