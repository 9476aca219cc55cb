import { describe, expect, it } from "vitest";
import { LonghandError } from "../../errors.ts";
import { ndarray } from "../../graph/array.ts";
import { decodeTensor, type ElementType, encodeTensor, fromNDArray, type OnnxTensor, toNDArray } from "./proto.ts";

/** Bytes from hexadecimal digits; spaces and bars only divide. */
function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.replaceAll(/[\s|]/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function codeThrownBy(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LonghandError) return error.code;
    throw error;
  }
  return "none";
}

describe("a tensor's bytes", () => {
  it("are those written by hand", () => {
    // dims [1, 2], data_type FLOAT, name "w", raw_data 1, −2
    const bytes = hex("0801 0802 | 1001 | 420177 | 4a08 0000803f 000000c0");
    const tensor: OnnxTensor = { name: "w", elementType: "FLOAT", dims: [1, 2], data: Float32Array.of(1, -2) };
    expect(encodeTensor(tensor)).toStrictEqual(bytes);
    expect(decodeTensor(bytes)).toStrictEqual(tensor);
    const view = new Float32Array([9, 1, -2, 9]).subarray(1, 3);
    expect(encodeTensor({ ...tensor, data: view })).toStrictEqual(bytes);
  });

  const minusOne = "ffffffffffffffffff01";
  const smallest = "80808080808080808001"; // −2^63
  const largest = "ffffffffffffffff7f"; // 2^63 − 1
  const typed: [string, string, ElementType, OnnxTensor["data"]][] = [
    ["float_data packed", "0802 1001 2208 0000803f 000000c0", "FLOAT", Float32Array.of(1, -2)],
    ["float_data unpacked", "0802 1001 25 0000803f 25 000000c0", "FLOAT", Float32Array.of(1, -2)],
    ["float_data in two packs", "0802 1001 2204 0000803f 2204 000000c0", "FLOAT", Float32Array.of(1, -2)],
    ["double_data packed", "0801 100b 5208 000000000000f8bf", "DOUBLE", Float64Array.of(-1.5)],
    ["double_data unpacked", "0801 100b 51 000000000000f8bf", "DOUBLE", Float64Array.of(-1.5)],
    ["int32_data packed", `0802 1006 2a0c ac02 ${minusOne}`, "INT32", Int32Array.of(300, -1)],
    ["int32_data unpacked", `0802 1006 28 ac02 28 ${minusOne}`, "INT32", Int32Array.of(300, -1)],
    ["int32_data of five bytes", "0801 1006 2a05 ffffffff0f", "INT32", Int32Array.of(-1)],
    ["int32_data as bool", "0802 1009 2a02 01 00", "BOOL", Uint8Array.of(1, 0)],
    ["int32_data as int8", `0801 1003 2a0a ${minusOne}`, "INT8", Int8Array.of(-1)],
    ["int32_data as float16 bits", "0801 100a 2a03 80f802", "FLOAT16", Uint16Array.of(0xbc00)],
    [
      "int64_data packed",
      `0803 1007 3a1d ${minusOne} ${smallest} ${largest}`,
      "INT64",
      BigInt64Array.of(-1n, -(2n ** 63n), 2n ** 63n - 1n),
    ],
    ["int64_data unpacked", `0802 1007 38 ac02 38 ${minusOne}`, "INT64", BigInt64Array.of(300n, -1n)],
    ["int64_data beyond 2^53", "0801 1007 3a08 8180808080808010", "INT64", BigInt64Array.of(2n ** 53n + 1n)],
    [
      "uint64_data",
      `0802 100d 5a13 ${minusOne} ${largest}`,
      "UINT64",
      BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n - 1n),
    ],
    ["uint64_data as uint32", "0801 100c 5805", "UINT32", Uint32Array.of(5)],
    ["packed dims", "0a0101 1001 2204 0000803f", "FLOAT", Float32Array.of(1)],
    ["no data", "0800 1001", "FLOAT", Float32Array.of()],
  ];
  it.each(typed)("may hold elements as %s", (_, bytes, elementType, data) => {
    expect(decodeTensor(hex(bytes))).toStrictEqual({ name: "", elementType, dims: [data.length], data });
  });

  it("may describe a scalar, and hold documentation", () => {
    const bytes = hex("1007 | 4a08 feffffffffffffff | 6202 6869");
    expect(decodeTensor(bytes)).toStrictEqual({
      name: "",
      elementType: "INT64",
      dims: [],
      data: BigInt64Array.of(-2n),
    });
  });

  it("are refused when they're cut off, don't fill the dims or contradict each other", () => {
    const bytes = hex("0801 0802 | 1001 | 420177 | 4a08 0000803f 000000c0");
    for (let length = 0; length < bytes.length; length++) {
      expect(codeThrownBy(() => decodeTensor(bytes.subarray(0, length)))).toBe("format");
    }
    const damaged = {
      "too few": "0803 1001 2208 0000803f 000000c0",
      "half an element": "0801 1001 4a03 000000",
      "half a packed float": "0801 1001 2203 000000",
      "raw and typed": "0801 1001 2204 0000803f 4a04 0000803f",
      "another type's field": "0801 1001 2a0101",
      "300 as uint8": "0801 1002 2a02 ac02",
      "negative dim": `08${minusOne} 1001`,
      "no type": "0801 2204 0000803f",
      "wire type": "0801 1501000000",
    };
    for (const [what, digits] of Object.entries(damaged)) {
      expect([what, codeThrownBy(() => decodeTensor(hex(digits)))]).toStrictEqual([what, "format"]);
    }
    const refused = {
      segment: "0801 1001 1a0408001001",
      string: "0801 1008 320161",
      complex: "0801 100e 4a08 0000000000000000",
      external: "0801 1001 6a00",
      location: "0801 1001 7001",
      "type 99": "0801 1063 4a0100",
    };
    for (const [what, digits] of Object.entries(refused)) {
      expect([what, codeThrownBy(() => decodeTensor(hex(digits)))]).toStrictEqual([what, "unsupported"]);
    }
  });

  it("aren't written for data that don't fit", () => {
    const write = (tensor: Partial<OnnxTensor>) =>
      codeThrownBy(() =>
        encodeTensor({ name: "t", elementType: "FLOAT", dims: [1], data: Float32Array.of(1), ...tensor }),
      );
    expect(write({})).toBe("none");
    expect(write({ dims: [2] })).toBe("argument");
    expect(write({ dims: [-1, -1] })).toBe("argument");
    expect(write({ data: Float64Array.of(1) })).toBe("argument");
    expect(write({ elementType: "STRING" })).toBe("unsupported");
  });
});

describe("tensors and arrays", () => {
  const tensor = (elementType: ElementType, data: OnnxTensor["data"]): OnnxTensor => ({
    name: "t",
    elementType,
    dims: [data.length],
    data,
  });

  it("keep the width of floats and turn integers to 32 bits", () => {
    const single = toNDArray(tensor("FLOAT", Float32Array.of(0.5)));
    expect(single).toStrictEqual({ dtype: "float", shape: [1], data: Float32Array.of(0.5) });
    const double = toNDArray(tensor("DOUBLE", Float64Array.of(0.1)));
    expect(double).toStrictEqual({ dtype: "float", shape: [1], data: Float64Array.of(0.1) });
    const int = { dtype: "int", shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) };
    expect(toNDArray(tensor("INT64", BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n)))).toStrictEqual(int);
    expect(toNDArray(tensor("INT32", Int32Array.of(-(2 ** 31), 2 ** 31 - 1)))).toStrictEqual(int);
    expect(toNDArray(tensor("UINT8", Uint8Array.of(255))).data).toStrictEqual(Int32Array.of(255));
    const bool = { dtype: "bool", shape: [3], data: Uint8Array.of(0, 1, 1) };
    expect(toNDArray(tensor("BOOL", Uint8Array.of(0, 1, 255)))).toStrictEqual(bool);
  });

  it("refuse integers beyond 32 bits", () => {
    for (const value of [2n ** 31n, -(2n ** 31n) - 1n, 2n ** 32n]) {
      expect(codeThrownBy(() => toNDArray(tensor("INT64", BigInt64Array.of(value))))).toBe("unsupported");
    }
    expect(codeThrownBy(() => toNDArray(tensor("UINT32", Uint32Array.of(2 ** 31))))).toBe("unsupported");
  });

  it("widen 16 bit floats exactly", () => {
    // IEEE 754-2019, binary16: 1, −2, largest 65504, smallest normal 2^−14, smallest subnormal 2^−24, 1/3 rounded
    const half = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555, 0x8000, 0x7c00, 0xfc00, 0x7e00);
    const values = [1, -2, 65504, 2 ** -14, 2 ** -24, 0.333251953125, -0, Infinity, -Infinity, Number.NaN];
    expect(toNDArray(tensor("FLOAT16", half)).data).toStrictEqual(Float32Array.from(values));
    const brain = Uint16Array.of(0x3f80, 0xc049, 0x7f80, 0x8000);
    expect(toNDArray(tensor("BFLOAT16", brain)).data).toStrictEqual(Float32Array.of(1, -3.140625, Infinity, -0));
  });

  it("turn arrays to the element type asked for", () => {
    const floats = ndarray(Float64Array.of(0.1, -2), [2, 1]);
    expect(fromNDArray("f", floats, "FLOAT")).toStrictEqual({
      name: "f",
      elementType: "FLOAT",
      dims: [2, 1],
      data: Float32Array.of(0.1, -2),
    });
    expect(fromNDArray("f", floats, "DOUBLE").data).toBe(floats.data);
    const ints = ndarray(Int32Array.of(-1, 7), [2]);
    expect(fromNDArray("i", ints, "INT64").data).toStrictEqual(BigInt64Array.of(-1n, 7n));
    expect(fromNDArray("i", ints, "INT32").data).toBe(ints.data);
    expect(fromNDArray("i", ints, "INT8").data).toStrictEqual(Int8Array.of(-1, 7));
    expect(codeThrownBy(() => fromNDArray("i", ints, "UINT8"))).toBe("argument");
    expect(codeThrownBy(() => fromNDArray("i", ints, "UINT64"))).toBe("argument");
    expect(codeThrownBy(() => fromNDArray("i", ints, "FLOAT"))).toBe("argument");
    expect(codeThrownBy(() => fromNDArray("f", floats, "FLOAT16"))).toBe("argument");
    expect(codeThrownBy(() => fromNDArray("f", floats, "INT32"))).toBe("argument");
    const bools = ndarray(Uint8Array.of(1, 0), [2]);
    expect(fromNDArray("b", bools, "BOOL")).toStrictEqual({
      name: "b",
      elementType: "BOOL",
      dims: [2],
      data: bools.data,
    });
    expect(codeThrownBy(() => fromNDArray("b", bools, "UINT8"))).toBe("argument");
  });
});
