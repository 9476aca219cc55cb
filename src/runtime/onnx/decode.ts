/**
 * Reading ONNX models. Source: onnx.proto (proto2), field names beside their numbers.
 *
 * Everything that decides what a model computes is kept or refused. Documentation of nodes and values, quantization and
 * training annotations, and fields of newer versions are skipped.
 */
import { LonghandError } from "../../errors.ts";
import { type ElementType, elementTypeOf } from "./elements.ts";
import {
  attributeCodes,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type ValueInfo,
} from "./model.ts";
import { decodeTensor, type OnnxTensor } from "./tensor.ts";
import { bytes, float, floats, integer, integers, readMessage, text } from "./wire.ts";

/**
 * Reads a model.
 * @param source the content of an `.onnx` file. It is copied.
 * @throws LonghandError `format` when the bytes aren't an ONNX model or are cut off; `unsupported` for what can't be
 *   represented: local functions, sparse initializers, attributes of sparse tensors or of lists of tensors or graphs,
 *   tensors of strings or in other files, integers beyond ±(2^53 − 1).
 */
export function decodeModel(source: Uint8Array): OnnxModel {
  let irVersion = 0;
  let producerName = "";
  let producerVersion = "";
  let docString = "";
  let graph: OnnxGraph | undefined;
  const opsetImport: { domain: string; version: number }[] = [];
  const metadata: (readonly [string, string])[] = [];
  readMessage("ModelProto", source, {
    1: (reader) => {
      irVersion = integer(reader); // ir_version
    },
    2: (reader) => {
      producerName = text(reader); // producer_name
    },
    3: (reader) => {
      producerVersion = text(reader); // producer_version
    },
    6: (reader) => {
      docString = text(reader); // doc_string
    },
    7: (reader) => {
      graph = readGraph(bytes(reader)); // graph
    },
    8: (reader) => opsetImport.push(readOpset(bytes(reader))), // opset_import
    14: (reader) => metadata.push(readEntry(bytes(reader))), // metadata_props
    25: refuse("functions defined in the model"), // functions
  });
  if (irVersion < 1 || graph === undefined) {
    const missing = graph === undefined ? "graph" : "IR version";
    throw new LonghandError("format", `not an ONNX ModelProto: it has no ${missing}`);
  }
  if (irVersion >= 3 && opsetImport.length === 0) {
    throw new LonghandError("format", `not an ONNX ModelProto: IR version ${irVersion} must import an operator set`);
  }
  return {
    irVersion,
    opsetImport,
    producerName,
    producerVersion,
    docString,
    metadata: Object.fromEntries(metadata),
    graph,
  };
}

function refuse(what: string): () => never {
  return () => {
    throw new LonghandError("unsupported", `ONNX model: ${what} can't be read by this version`);
  };
}

function readOpset(source: Uint8Array): { domain: string; version: number } {
  const opset = { domain: "", version: 0 };
  readMessage("OperatorSetIdProto", source, {
    1: (reader) => {
      opset.domain = text(reader); // domain
    },
    2: (reader) => {
      opset.version = integer(reader); // version
    },
  });
  return opset;
}

function readEntry(source: Uint8Array): readonly [string, string] {
  let key = "";
  let value = "";
  readMessage("StringStringEntryProto", source, {
    1: (reader) => {
      key = text(reader); // key
    },
    2: (reader) => {
      value = text(reader); // value
    },
  });
  return [key, value];
}

function readGraph(source: Uint8Array): OnnxGraph {
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const valueInfo: ValueInfo[] = [];
  readMessage("GraphProto", source, {
    1: (reader) => nodes.push(readNode(bytes(reader))), // node
    2: (reader) => {
      name = text(reader); // name
    },
    5: (reader) => initializers.push(decodeTensor(bytes(reader))), // initializer
    11: (reader) => inputs.push(readValueInfo(bytes(reader))), // input
    12: (reader) => outputs.push(readValueInfo(bytes(reader))), // output
    13: (reader) => valueInfo.push(readValueInfo(bytes(reader))), // value_info
    15: refuse("a sparse initializer"), // sparse_initializer
  });
  return { name, nodes, inputs, outputs, initializers, valueInfo };
}

function readNode(source: Uint8Array): OnnxNode {
  let name = "";
  let opType = "";
  let domain = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  readMessage("NodeProto", source, {
    1: (reader) => inputs.push(text(reader)), // input
    2: (reader) => outputs.push(text(reader)), // output
    3: (reader) => {
      name = text(reader); // name
    },
    4: (reader) => {
      opType = text(reader); // op_type
    },
    5: (reader) => {
      const [key, attribute] = readAttribute(bytes(reader)); // attribute
      if (attributes.has(key)) throw new Error(`attribute "${key}" comes twice`);
      attributes.set(key, attribute);
    },
    7: (reader) => {
      domain = text(reader); // domain
    },
  });
  const node = { opType, name, inputs, outputs, attributes: Object.fromEntries(attributes) };
  return domain === "" ? node : { ...node, domain };
}

function readAttribute(source: Uint8Array): readonly [string, OnnxAttribute] {
  let name = "";
  let code = 0;
  let f = 0;
  let i = 0;
  let s = "";
  let t: OnnxTensor | undefined;
  let g: OnnxGraph | undefined;
  let tp: Uint8Array | undefined;
  const floatList: number[] = [];
  const intList: number[] = [];
  const stringList: string[] = [];
  readMessage("AttributeProto", source, {
    1: (reader) => {
      name = text(reader); // name
    },
    2: (reader) => {
      f = float(reader); // f
    },
    3: (reader) => {
      i = integer(reader); // i
    },
    4: (reader) => {
      s = text(reader); // s
    },
    5: (reader) => {
      t = decodeTensor(bytes(reader)); // t
    },
    6: (reader) => {
      g = readGraph(bytes(reader)); // g
    },
    7: (reader) => floats(reader, floatList), // floats
    8: (reader) => integers(reader, intList), // ints
    9: (reader) => stringList.push(text(reader)), // strings
    14: (reader) => {
      tp = new Uint8Array(bytes(reader)); // tp
    },
    20: (reader) => {
      code = integer(reader); // type
    },
    21: refuse("an attribute that refers to a function's own (ref_attr_name)"), // ref_attr_name
  });
  const type = (Object.keys(attributeCodes) as OnnxAttribute["type"][]).find((key) => attributeCodes[key] === code);
  if (code === 0) throw new LonghandError("format", `not an ONNX AttributeProto: attribute "${name}" has no type`);
  if (type === undefined) return refuse(`attribute "${name}" of type ${code}`)();
  const values = { float: f, int: i, string: s, tensor: t, graph: g, floats: floatList, ints: intList };
  const value = { ...values, strings: stringList, type: tp }[type];
  if (value === undefined) {
    throw new LonghandError("format", `not an ONNX AttributeProto: attribute "${name}" has no ${type}`);
  }
  return [name, { type, value } as OnnxAttribute];
}

function readValueInfo(source: Uint8Array): ValueInfo {
  let name = "";
  let type: Partial<ValueInfo> = {};
  readMessage("ValueInfoProto", source, {
    1: (reader) => {
      name = text(reader); // name
    },
    2: (reader) => {
      type = readType(bytes(reader)); // type
    },
  });
  return { name, elementType: "UNDEFINED", ...type };
}

function readType(source: Uint8Array): Partial<ValueInfo> {
  let type: Partial<ValueInfo> = {};
  const other = () => {
    type = { otherType: new Uint8Array(source) };
  };
  readMessage("TypeProto", source, {
    1: (reader) => {
      type = readTensorType(bytes(reader)); // tensor_type
    },
    4: other, // sequence_type
    5: other, // map_type
    8: other, // sparse_tensor_type
    9: other, // optional_type
  });
  return type;
}

function readTensorType(source: Uint8Array): Partial<ValueInfo> {
  let elementType: ElementType = "UNDEFINED";
  let shape: (number | string | undefined)[] | undefined;
  readMessage("TypeProto.Tensor", source, {
    1: (reader) => {
      elementType = elementTypeOf(integer(reader)); // elem_type
    },
    2: (reader) => {
      const extents: (number | string | undefined)[] = []; // shape
      readMessage("TensorShapeProto", bytes(reader), { 1: (dim) => extents.push(readExtent(bytes(dim))) });
      shape = extents;
    },
  });
  return shape === undefined ? { elementType } : { elementType, shape };
}

function readExtent(source: Uint8Array): number | string | undefined {
  let extent: number | string | undefined;
  readMessage("TensorShapeProto.Dimension", source, {
    1: (reader) => {
      extent = integer(reader); // dim_value
    },
    2: (reader) => {
      extent = text(reader) || undefined; // dim_param
    },
  });
  return extent;
}
