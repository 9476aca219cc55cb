/**
 * ONNX's own conformance cases on the reference runtime: every case whose nodes are all of operators that `importModel`
 * reads, except those named below with the reason. Those of recurrent operators run on ONNX Runtime too, written as loops and
 * as what they were.
 */
import { describe, expect, test } from "vitest";
import { LonghandError } from "../src/errors.ts";
import { type NDArray, program } from "../src/graph/index.ts";
import { importModel } from "../src/runtime/onnx/import.ts";
import { importOperators } from "../src/runtime/onnx/import-operators.ts";
import { recurrentOperators } from "../src/runtime/onnx/import-recurrent.ts";
import { lower } from "../src/runtime/onnx/lowering.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";
import { compileReference } from "../src/runtime/reference/reference.ts";
import { operatorsOf, runModel } from "./onnx-engine.ts";
import { loadOnnxCases, type OnnxCase, reasonToSkipOnnxCases } from "./onnx-testdata.ts";
import { inputsOf, operatorTable } from "./operator-table.ts";

const engine = await onnxNodeRuntime();

const rounding = "rounding to 16 bits isn't supported";
const strings = "strings aren't supported";
const storedWrongly = "its file holds the bits as UINT16";
const notTensors = "sequences and optional values aren't supported";

/** Cases of our operators that are left out, and why. Nothing else is. */
const leftOut: Readonly<Record<string, string>> = {
  test_cast_BFLOAT16_to_FLOAT: storedWrongly,
  test_castlike_BFLOAT16_to_FLOAT_expanded: storedWrongly,
  test_cast_DOUBLE_to_FLOAT16: rounding,
  test_cast_FLOAT_to_BFLOAT16: rounding,
  test_cast_FLOAT_to_FLOAT16: rounding,
  test_cast_FLOAT_to_STRING: strings,
  test_cast_STRING_to_FLOAT: strings,
  test_castlike_DOUBLE_to_FLOAT16_expanded: rounding,
  test_castlike_FLOAT_to_BFLOAT16_expanded: rounding,
  test_castlike_FLOAT_to_FLOAT16_expanded: rounding,
  test_castlike_FLOAT_to_STRING_expanded: strings,
  test_castlike_STRING_to_FLOAT_expanded: strings,
  test_identity_opt: notTensors,
  test_identity_sequence: notTensors,
  test_scan_sum: "Scan of operator set 8 has a batch axis",
};

const vocabulary = new Set([
  ...Object.keys(importOperators),
  ...recurrentOperators,
  ...["Constant", "Identity", "Scan", "Shape", "Size"],
]);

/** Inputs that the importer must know, by operator: the cases have them as inputs of the graph. */
const constantInputs: Readonly<Record<string, readonly number[]>> = {
  Clip: [1, 2],
  ConstantOfShape: [0],
  Expand: [1],
  Pad: [1, 2, 3],
  ReduceSum: [1],
  Reshape: [1],
  Slice: [1, 2, 3, 4],
  Squeeze: [1],
  Unsqueeze: [1],
};

const reason = reasonToSkipOnnxCases();

describe.skipIf(reason)(`ONNX conformance${reason ? ` (${reason})` : ""}`, () => {
  const cases = reason
    ? []
    : loadOnnxCases().filter(({ model }) => model.graph.nodes.every(({ opType }) => vocabulary.has(opType)));

  test("there are cases for every operator, and every case that is left out exists", () => {
    const seen = new Set(cases.flatMap(({ model }) => model.graph.nodes.map(({ opType }) => opType)));
    expect([...vocabulary].filter((name) => !seen.has(name))).toEqual([]);
    expect(cases.length).toBe(370);
    const names = new Set(cases.map(({ name }) => name));
    expect(Object.keys(leftOut).filter((name) => !names.has(name))).toEqual([]);
  });

  for (const one of cases) {
    if (Object.hasOwn(leftOut, one.name)) {
      test(`${one.name} is refused: ${leftOut[one.name]}`, () => {
        return expect(run(one)).rejects.toThrow(LonghandError);
      });
    } else test(one.name, () => run(one));
  }
});

/** Imports a case, runs it on each of its data sets and compares the results. */
async function run(one: OnnxCase): Promise<void> {
  const { graph } = one.model;
  for (const set of one.dataSets()) {
    const given = Object.fromEntries(graph.inputs.map(({ name }, k) => [name, set.inputs[k]!]));
    const known = new Set(
      graph.nodes.flatMap(({ opType, inputs }) => (constantInputs[opType] ?? []).map((k) => inputs[k])),
    );
    const pick = (wanted: boolean) =>
      Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name) === wanted));
    const program = importModel(one.model, { constants: pick(true) });
    const expectRight = (results: Readonly<Record<string, NDArray>>) =>
      graph.outputs.forEach(({ name }, k) => {
        compare(results[name]!, set.outputs[k]!);
      });
    expectRight(compileReference(program).run(pick(false)));
    const recurrent = graph.nodes.filter(({ opType }) => recurrentOperators.includes(opType));
    if (recurrent.length === 0) continue;
    await using executable = await engine.compile(program);
    expectRight(await executable.run(pick(false)));
    const native = lower(program, { recurrence: "native" });
    expect(operatorsOf(native.graph)).toEqual(expect.arrayContaining(recurrent.map(({ opType }) => opType)));
    expectRight(await runModel(native, pick(false)));
  }
}

/** Equal integers and booleans; floats within a few roundings of the float32 results that the cases hold. */
function compare(actual: NDArray, expected: NDArray): void {
  expect(actual.dtype).toBe(expected.dtype);
  expect(actual.shape).toEqual(expected.shape);
  expected.data.forEach((value, k) => {
    const found = actual.data[k]!;
    if (Object.is(found, value) || found === value) return;
    expect(Math.abs(found - value), `element ${k}: ${found}, expected ${value}`).toBeLessThanOrEqual(
      1e-6 + 2e-6 * Math.abs(value),
    );
  });
}

test("the vocabulary covers whatever our operators are written as", () => {
  const opTypes = operatorTable.flatMap((one) => {
    const operands = inputsOf(one);
    const named = Object.fromEntries(operands.map((operand, k) => [`x${k}`, operand]));
    return operatorsOf(lower(program(one.name, named, { y: one.build(...operands) })).graph);
  });
  expect(new Set(opTypes).size).toBeGreaterThan(35);
  expect([...new Set(opTypes)].filter((opType) => !vocabulary.has(opType))).toEqual([]);
});
