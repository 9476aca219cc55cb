/**
 * ONNX's own conformance cases: one small model a folder, with inputs and the outputs it must give.
 *
 * They come from the Debian package libonnx-testdata (`apt install libonnx-testdata`). Files are read when asked for.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LonghandError } from "../src/errors.ts";
import type { NDArray } from "../src/graph/array.ts";
import { decodeModel, decodeTensor, type OnnxModel, toNDArray } from "../src/runtime/onnx/proto.ts";

/** Where the package puts the cases of single operators. */
export const onnxTestdataFolder = "/usr/share/libonnx-testdata/data/node";

/** Inputs and expected outputs, in the order of the graph's inputs and outputs. */
export interface OnnxDataSet {
  readonly name: string;
  readonly inputs: readonly NDArray[];
  readonly outputs: readonly NDArray[];
}

export interface OnnxCase {
  /** The folder's name, such as "test_softmax_axis_0". */
  readonly name: string;
  readonly folder: string;
  /** The model; read on first use. */
  readonly model: OnnxModel;
  /** The type of the only node, or undefined when the graph has another number of nodes. */
  readonly opType: string | undefined;
  /**
   * Reads the data sets.
   * @throws LonghandError `unsupported` when a value is a string, a sequence, an optional, or too large for an int.
   */
  dataSets(): OnnxDataSet[];
}

/**
 * Why tests on these cases are to be skipped, or undefined when they must run: the folder is there, or the environment
 * variable LONGHAND_REQUIRE_ALL is 1, so that a missing folder fails them.
 */
export function reasonToSkipOnnxCases(folder = onnxTestdataFolder): string | undefined {
  if (existsSync(folder) || process.env.LONGHAND_REQUIRE_ALL === "1") return undefined;
  return `skipped: no folder ${folder}; install the Debian package libonnx-testdata`;
}

/** All cases of the folder, by name. */
export function loadOnnxCases(folder = onnxTestdataFolder): OnnxCase[] {
  return readdirSync(folder)
    .sort()
    .map((name) => lazyCase(name, join(folder, name)));
}

function lazyCase(name: string, folder: string): OnnxCase {
  let model: OnnxModel | undefined;
  return {
    name,
    folder,
    get model() {
      model ??= decodeModel(readFileSync(join(folder, "model.onnx")));
      return model;
    },
    get opType() {
      const [first, ...others] = this.model.graph.nodes;
      return others.length === 0 ? first?.opType : undefined;
    },
    dataSets() {
      const { inputs, outputs } = this.model.graph;
      const other = [...inputs, ...outputs].find(({ otherType }) => otherType !== undefined);
      if (other) throw new LonghandError("unsupported", `${name}: "${other.name}" isn't a dense tensor`);
      return readdirSync(folder)
        .filter((set) => set.startsWith("test_data_set_"))
        .sort()
        .map((set) => ({
          name: set,
          inputs: inputs.map((_, i) => readArray(join(folder, set, `input_${i}.pb`))),
          outputs: outputs.map((_, i) => readArray(join(folder, set, `output_${i}.pb`))),
        }));
    },
  };
}

function readArray(path: string): NDArray {
  return toNDArray(decodeTensor(readFileSync(path)));
}

/** How many cases each operator has, among models of a single node. */
export function countByOpType(cases: readonly OnnxCase[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { opType } of cases) if (opType !== undefined) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => a.localeCompare(b)));
}
