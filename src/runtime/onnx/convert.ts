/** ONNX tensors to and from the arrays that graphs compute on. */
import { LonghandError } from "../../errors.ts";
import { type DType, type NDArray, ndarray } from "../../graph/array.ts";
import type { ElementType, TensorData } from "./elements.ts";
import { heldAs } from "./elements.ts";
import type { OnnxTensor } from "./tensor.ts";

/**
 * The array that a tensor holds.
 *
 * FLOAT and DOUBLE keep their width (Float32Array, Float64Array); FLOAT16 and BFLOAT16 widen exactly to Float32Array;
 * integers of every width become Int32Array; BOOL becomes Uint8Array of 0 and 1. Data is shared where its type stays.
 * @throws LonghandError `unsupported` when an integer is outside the 32 bit range.
 */
export function toNDArray(tensor: OnnxTensor): NDArray {
  const { elementType, dims, data } = tensor;
  if (data instanceof Float32Array || data instanceof Float64Array) return ndarray(data, dims);
  if (elementType === "BOOL") return ndarray(Uint8Array.from(data as Uint8Array, Math.sign), dims);
  if (elementType === "FLOAT16") return ndarray(Float32Array.from(data as Uint16Array, float16), dims);
  if (elementType === "BFLOAT16") return ndarray(bfloat16(data as Uint16Array), dims);
  if (data instanceof Int32Array) return ndarray(data, dims);
  const integers = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    integers[i] = Number(value);
    if (integers[i] !== Number(value)) {
      throw new LonghandError(
        "unsupported",
        `ONNX tensor "${tensor.name}": element ${i} is ${value}, outside the range of 32 bit integers`,
      );
    }
  }
  return ndarray(integers, dims);
}

/** The value of IEEE 754 binary16 bits: sign, 5 bits of exponent biased by 15, 10 bits of fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 bits are the upper half of the float's. */
function bfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => (half << 16) >>> 0).buffer);
}

const dtypeOfElements: Partial<Record<ElementType, DType>> = {
  FLOAT: "float",
  DOUBLE: "float",
  INT8: "int",
  UINT8: "int",
  INT16: "int",
  UINT16: "int",
  INT32: "int",
  UINT32: "int",
  INT64: "int",
  UINT64: "int",
  BOOL: "bool",
};

/**
 * The tensor that holds an array.
 * @param name the tensor's name in the model.
 * @param elementType FLOAT or DOUBLE for float arrays (FLOAT rounds 64 bit numbers to the nearest 32 bit ones), an
 *   integer type for int arrays, BOOL for bool arrays. Data is shared where its type stays.
 * @throws LonghandError `argument` when the array's element type isn't such, or an integer is outside its range.
 */
export function fromNDArray(name: string, array: NDArray, elementType: ElementType): OnnxTensor {
  const wanted = dtypeOfElements[elementType];
  if (wanted !== array.dtype) {
    const fitting = Object.keys(dtypeOfElements).filter((type) => dtypeOfElements[type as ElementType] === array.dtype);
    throw new LonghandError(
      "argument",
      `ONNX tensor "${name}": an array of dtype ${array.dtype} can't be written as ${elementType}, ` +
        `expected one of ${fitting.join(", ")}`,
    );
  }
  const { array: ArrayType } = heldAs(elementType, name);
  if (array.data instanceof ArrayType) return { name, elementType, dims: array.shape, data: array.data };
  const data: TensorData = new ArrayType(new ArrayBuffer(array.data.length * ArrayType.BYTES_PER_ELEMENT));
  for (let i = 0; i < array.data.length; i++) {
    const value = array.data[i]!;
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(value);
    else data[i] = value;
    if (wanted === "int" && Number(data[i]) !== value) {
      throw new LonghandError(
        "argument",
        `ONNX tensor "${name}": element ${i} is ${value}, which isn't a ${elementType}`,
      );
    }
  }
  return { name, elementType, dims: array.shape, data };
}
