/** Writing ONNX models. Source: onnx.proto (proto2), field names beside their numbers. */
import { PbfWriter } from "pbf";
import { LonghandError } from "../../errors.ts";
import { codeOf } from "./elements.ts";
import {
  attributeCodes,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type ValueInfo,
} from "./model.ts";
import { writeTensor, writeText } from "./tensor.ts";

/**
 * Writes a model.
 * @returns the content of an `.onnx` file: fields in order of their numbers, so equal models give equal bytes.
 * @throws LonghandError `argument` when a tensor's data don't fit its dims, an integer isn't a safe integer, or text
 *   can't be UTF-8; `unsupported` for tensors of element types that can't be held.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new PbfWriter(new Uint8Array(1024));
  writeInteger(writer, 1, model.irVersion); // ir_version
  writeText(writer, 2, model.producerName); // producer_name
  writeText(writer, 3, model.producerVersion); // producer_version
  writeText(writer, 6, model.docString); // doc_string
  writer.writeMessage(7, writeGraph, model.graph); // graph
  for (const opset of model.opsetImport) writer.writeMessage(8, writeOpset, opset); // opset_import
  for (const entry of Object.entries(model.metadata)) writer.writeMessage(14, writeEntry, entry); // metadata_props
  return writer.finish();
}

function writeInteger(writer: PbfWriter, field: number, value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new LonghandError("argument", `ONNX integer must be within ±(2^53 − 1), received ${value}`);
  }
  writer.writeVarintField(field, value);
}

function writeOpset(opset: OnnxModel["opsetImport"][number], writer: PbfWriter): void {
  writeText(writer, 1, opset.domain, true); // domain
  writeInteger(writer, 2, opset.version); // version
}

function writeEntry([key, value]: readonly [string, string], writer: PbfWriter): void {
  writeText(writer, 1, key, true); // key
  writeText(writer, 2, value, true); // value
}

function writeGraph(graph: OnnxGraph, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node); // node
  writeText(writer, 2, graph.name); // name
  for (const tensor of graph.initializers) writer.writeMessage(5, writeTensor, tensor); // initializer
  for (const info of graph.inputs) writer.writeMessage(11, writeValueInfo, info); // input
  for (const info of graph.outputs) writer.writeMessage(12, writeValueInfo, info); // output
  for (const info of graph.valueInfo) writer.writeMessage(13, writeValueInfo, info); // value_info
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writeText(writer, 1, input, true); // input
  for (const output of node.outputs) writeText(writer, 2, output, true); // output
  writeText(writer, 3, node.name); // name
  writeText(writer, 4, node.opType, true); // op_type
  for (const entry of Object.entries(node.attributes)) writer.writeMessage(5, writeAttribute, entry); // attribute
  writeText(writer, 7, node.domain ?? ""); // domain
}

function writeAttribute([name, attribute]: readonly [string, OnnxAttribute], writer: PbfWriter): void {
  writeText(writer, 1, name, true); // name
  if (attribute.type === "float")
    writer.writeFloatField(2, attribute.value); // f
  else if (attribute.type === "int")
    writeInteger(writer, 3, attribute.value); // i
  else if (attribute.type === "string")
    writeText(writer, 4, attribute.value, true); // s
  else if (attribute.type === "tensor")
    writer.writeMessage(5, writeTensor, attribute.value); // t
  else if (attribute.type === "graph")
    writer.writeMessage(6, writeGraph, attribute.value); // g
  else if (attribute.type === "floats") for (const value of attribute.value) writer.writeFloatField(7, value);
  else if (attribute.type === "ints") for (const value of attribute.value) writeInteger(writer, 8, value);
  else if (attribute.type === "strings") for (const value of attribute.value) writeText(writer, 9, value, true);
  else writer.writeBytesField(14, attribute.value); // tp
  writer.writeVarintField(20, attributeCodes[attribute.type]); // type
}

function writeValueInfo(info: ValueInfo, writer: PbfWriter): void {
  writeText(writer, 1, info.name, true); // name
  if (info.otherType !== undefined)
    writer.writeBytesField(2, info.otherType); // type
  else if (info.elementType !== "UNDEFINED" || info.shape !== undefined) writer.writeMessage(2, writeType, info);
}

function writeType(info: ValueInfo, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, info); // tensor_type
}

function writeTensorType(info: ValueInfo, writer: PbfWriter): void {
  writer.writeVarintField(1, codeOf(info.elementType)); // elem_type
  if (info.shape !== undefined) writer.writeMessage(2, writeShape, info.shape); // shape
}

function writeShape(shape: NonNullable<ValueInfo["shape"]>, writer: PbfWriter): void {
  for (const extent of shape) writer.writeMessage(1, writeExtent, extent); // dim
}

function writeExtent(extent: number | string | undefined, writer: PbfWriter): void {
  if (typeof extent === "number")
    writeInteger(writer, 1, extent); // dim_value
  else if (extent !== undefined) writeText(writer, 2, extent); // dim_param
}
