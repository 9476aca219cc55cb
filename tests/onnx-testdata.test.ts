import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { LonghandError } from "../src/errors.ts";
import { decodeModel, decodeTensor, encodeModel, encodeTensor, type ValueInfo } from "../src/runtime/onnx/proto.ts";
import { countByOpType, loadOnnxCases, reasonToSkipOnnxCases } from "./onnx-testdata.ts";

const skipped = reasonToSkipOnnxCases();

describe.skipIf(skipped !== undefined)(`ONNX's own files ${skipped ? `(${skipped})` : ""}`, () => {
  it("has every model read, and read the same after writing it", () => {
    const cases = loadOnnxCases();
    expect(cases.length).toBeGreaterThan(500);
    for (const { name, model } of cases) {
      expect(model.graph.nodes.length, name).toBeGreaterThan(0);
      expect(decodeModel(encodeModel(model)), name).toStrictEqual(model);
    }
    const counts = countByOpType(cases);
    for (const opType of ["Add", "MatMul", "Scan", "Softmax"]) expect(counts.get(opType), opType).toBeGreaterThan(0);
  });

  it("has every tensor read with the shape its model states, and read the same after writing it", () => {
    let read = 0;
    for (const { folder, model } of loadOnnxCases()) {
      const values: [string, ValueInfo][] = [
        ...model.graph.inputs.map((info, i): [string, ValueInfo] => [`input_${i}.pb`, info]),
        ...model.graph.outputs.map((info, i): [string, ValueInfo] => [`output_${i}.pb`, info]),
      ];
      const set = join(folder, "test_data_set_0");
      expect(readdirSync(set).sort(), set).toStrictEqual(values.map(([file]) => file).sort());
      for (const [file, info] of values) {
        const path = join(set, file);
        if (!existsSync(path) || info.otherType !== undefined) continue; // sequences and optionals aren't TensorProtos
        const bytes = readFileSync(path);
        if (info.elementType === "STRING") {
          expect(() => decodeTensor(bytes), path).toThrow(LonghandError);
          continue;
        }
        const tensor = decodeTensor(bytes);
        const again = decodeTensor(encodeTensor(tensor));
        expect({ ...again, data: again.data.constructor }, path).toStrictEqual({
          ...tensor,
          data: tensor.data.constructor,
        });
        expect(Buffer.from(again.data.buffer).equals(Buffer.from(tensor.data.buffer)), path).toBe(true);
        read++;
        if (info.elementType === "BFLOAT16") continue; // saved as the uint16 of the same bits
        if (/castlike.*BFLOAT16/.test(folder) && file === "input_1.pb") continue; // saved with one element of twelve
        expect(tensor.elementType, path).toBe(info.elementType);
        expect(tensor.dims.length, path).toBe(info.shape?.length ?? tensor.dims.length);
        for (const [axis, extent] of (info.shape ?? []).entries()) {
          if (typeof extent === "number") expect(tensor.dims[axis], path).toBe(extent);
        }
      }
    }
    expect(read).toBeGreaterThan(1500);
  });

  it("gives cases as arrays", () => {
    const add = loadOnnxCases().find(({ name }) => name === "test_add");
    const [set] = add!.dataSets();
    const [a, b] = set!.inputs;
    expect(a!.shape).toStrictEqual([3, 4, 5]);
    expect(set!.outputs[0]!.data).toStrictEqual(a!.data.map((value, i) => value + b!.data[i]!));
  });
});

it("are skipped with a reason when they're missing, unless everything is required", () => {
  vi.stubEnv("LONGHAND_REQUIRE_ALL", "");
  expect(reasonToSkipOnnxCases("/no such folder")).toContain("/no such folder");
  vi.stubEnv("LONGHAND_REQUIRE_ALL", "1");
  expect(reasonToSkipOnnxCases("/no such folder")).toBeUndefined();
  expect(() => loadOnnxCases("/no such folder")).toThrow("ENOENT");
  vi.unstubAllEnvs();
});
