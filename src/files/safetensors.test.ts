import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ArrayData, type NDArray, ndarray } from "../graph/array.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const text = new TextEncoder();

/** A file put together from a header's text and the tensors' bytes. */
function file(header: string | Uint8Array, data: ArrayLike<number> = []): Uint8Array {
  const head = typeof header === "string" ? text.encode(header) : header;
  const bytes = new Uint8Array(8 + head.length + data.length);
  bytes.set([head.length & 255, head.length >> 8]);
  bytes.set(head, 8);
  bytes.set(data, 8 + head.length);
  return bytes;
}

function one(dtype: string, shape: readonly number[], data: ArrayLike<number>): NDArray {
  const header = `{"t":{"dtype":"${dtype}","shape":${JSON.stringify(shape)},"data_offsets":[0,${data.length}]}}`;
  return decodeSafetensors(file(header, data)).tensors.t!;
}

test("one float, every byte by hand", () => {
  // 55 characters of JSON and one space fill 7 · 8 bytes; 1.5 = 0x3fc00000.
  const bytes = encodeSafetensors({ ab: ndarray(new Float32Array([1.5]), [1]) });
  const header = '{"ab":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  expect(header.length).toBe(55);
  expect([...bytes]).toEqual([56, 0, 0, 0, 0, 0, 0, 0, ...text.encode(`${header} `), 0x00, 0x00, 0xc0, 0x3f]);
});

test("the same bytes as huggingface's own writer (safetensors 0.8.0 for Python)", () => {
  const bytes = encodeSafetensors(
    {
      b: ndarray(new Float32Array([1.5, -2]), [2]),
      m: ndarray(new Uint8Array([1, 0, 1]), [3]),
      a: ndarray(new Float64Array([3]), [1, 1]),
      n: ndarray(new Int32Array([7]), []),
    },
    { k: "é" },
  );
  expect(Buffer.from(bytes).toString("hex")).toBe(
    "f8000000000000007b225f5f6d657461646174615f5f223a7b226b223a22c3a9227d2c2261223a7b226474797065223a22463634222c" +
      "227368617065223a5b312c315d2c22646174615f6f666673657473223a5b302c385d7d2c2262223a7b226474797065223a22463332222c" +
      "227368617065223a5b325d2c22646174615f6f666673657473223a5b382c31365d7d2c226e223a7b226474797065223a22493332222c22" +
      "7368617065223a5b5d2c22646174615f6f666673657473223a5b31362c32305d7d2c226d223a7b226474797065223a22424f4f4c222c22" +
      "7368617065223a5b335d2c22646174615f6f666673657473223a5b32302c32335d7d7d2020" +
      "00000000000008400000c03f000000c007000000010001",
  );
});

const data: fc.Arbitrary<ArrayData> = fc.oneof(
  fc.float32Array({ maxLength: 24 }),
  fc.float64Array({ maxLength: 24 }),
  fc.int32Array({ maxLength: 24 }),
  fc.uint8Array({ max: 1, maxLength: 24 }),
);
const array = fc
  .tuple(data, fc.constantFrom("flat", "row", "nothing"))
  .map(([data, kind]) => (kind === "row" ? ndarray(data, [1, data.length, 1]) : ndarray(data, [data.length])));
const name = fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__");

test("what is written reads back, whatever the names, types and shapes", () => {
  fc.assert(
    fc.property(fc.dictionary(name, array), fc.dictionary(name, name), (tensors, metadata) => {
      const bytes = encodeSafetensors(tensors, metadata);
      expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
      // As part of a longer buffer, at an odd place: what a caller may hand over.
      const inside = new Uint8Array(bytes.length + 3);
      inside.set(bytes, 3);
      const read = decodeSafetensors(inside.subarray(3));
      inside.fill(0xff);
      expect({ ...read.metadata }).toEqual({ ...metadata });
      expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tensors).sort());
      for (const [name, array] of Object.entries(tensors)) expect(read.tensors[name]).toEqual(array);
    }),
    { seed: 2, numRuns: 300 },
  );
});

test("names that objects treat specially stay names", () => {
  const scalar = ndarray(new Float32Array([4]), []);
  const tensors = Object.fromEntries(["__proto__", "10", "9", "constructor"].map((name) => [name, scalar]));
  const read = decodeSafetensors(encodeSafetensors(tensors, { ["__proto__"]: "x" }));
  expect(Object.keys(read.tensors).sort()).toEqual(["10", "9", "__proto__", "constructor"]);
  expect(Object.entries(read.metadata)).toEqual([["__proto__", "x"]]);
});

test("NaN payloads and signed zeros keep their bits", () => {
  const bits = new Uint32Array([0x7fa12345, 0x80000000, 0xffc00001, 0x00000001]);
  const { t } = decodeSafetensors(encodeSafetensors({ t: ndarray(new Float32Array(bits.buffer), [4]) })).tensors;
  expect(new Uint32Array(t!.data.buffer)).toEqual(bits);
});

test("every half-precision number, against NumPy's", () => {
  const halves = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, i) => i).buffer);
  const { data } = one("F16", [65_536], halves);
  expect(data[0x3c00]).toBe(1);
  expect(data[0xfbff]).toBe(-65_504);
  expect(data[0x0001]).toBe(2 ** -24);
  expect(data[0x8000]).toBe(-0);
  expect(data[0x7c00]).toBe(Number.POSITIVE_INFINITY);
  const numbers = (data as Float32Array).filter((value) => !Number.isNaN(value));
  expect(numbers.length).toBe(63_490);
  // hashlib.sha256(f[~np.isnan(f)].tobytes()) with f = np.arange(65536, dtype="u2").view("f2").astype("f4")
  expect(createHash("sha256").update(numbers).digest("hex")).toBe(
    "680bbc22915f61aa1bbfc7265bc3882a6aa42d299bfd2c571807196e5544de2e",
  );
});

test("the other types that are read", () => {
  expect(one("BF16", [4], [0x80, 0x3f, 0x49, 0xc0, 0x80, 0x7f, 0x01, 0x00]).data).toEqual(
    new Float32Array([1, -3.140625, Number.POSITIVE_INFINITY, 2 ** -133]),
  );
  const longs = new BigInt64Array([-1n, 2n ** 31n - 1n, -(2n ** 31n)]);
  expect(one("I64", [3], new Uint8Array(longs.buffer))).toEqual(
    ndarray(new Int32Array([-1, 2 ** 31 - 1, -(2 ** 31)]), [3]),
  );
  expect(one("U8", [2], [7, 255])).toEqual(ndarray(new Int32Array([7, 255]), [2]));
  expect(one("BOOL", [2], [0, 1])).toEqual(ndarray(new Uint8Array([0, 1]), [2]));
  expect(one("F32", [2, 0, 3], [])).toEqual(ndarray(new Float32Array(), [2, 0, 3]));
  const tooLong = new Uint8Array(new BigInt64Array([2n ** 31n]).buffer);
  expect(() => one("I64", [], tooLong)).toThrow(expect.objectContaining({ code: "unsupported" }));
  expect(() => one("I64", [], tooLong)).toThrow('"t" of type I64 holds 2147483648');
});

const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`): string =>
  `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${end}]}`;

test.each<[string, Uint8Array, string]>([
  ["nothing", new Uint8Array(), "truncated: 0 bytes"],
  ["half a length", new Uint8Array(7), "truncated: 7 bytes"],
  ["a header beyond the end", file("{}").subarray(0, 9), "truncated: header of 2 bytes, 1 are there"],
  ["a header over the limit", new Uint8Array([1, 0xe1, 0xf5, 5, 0, 0, 0, 0]), "header too long: 100000001 bytes"],
  ["a header of 2^63 bytes", new Uint8Array([0, 0, 0, 0, 0, 0, 0, 128]), "header too long: 9223372036854775808"],
  ["an empty header", file(""), 'starts with "", expected "{"'],
  ["a header that is a list", file("[]"), 'starts with "[", expected "{"'],
  ["a byte order mark", file(new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d])), 'expected "{"'],
  ["a header that isn't UTF-8", file(new Uint8Array([0x7b, 0xff, 0x7d])), "isn't UTF-8"],
  ["bad JSON", file("{"), "bad JSON"],
  ["a name twice", file(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, [0, 0, 0, 0]), 'the key "a" twice'],
  ["metadata of a wrong kind", file('{"__metadata__":[]}'), "__metadata__ is []"],
  ["metadata with a number", file('{"__metadata__":{"step":3}}'), '__metadata__ "step" is 3, expected a string'],
  ["a tensor that is a number", file('{"a":3}'), 'tensor "a" is 3, expected an object'],
  ["an unknown dtype", file('{"a":{"dtype":"F31","shape":[],"data_offsets":[0,4]}}'), 'unknown dtype "F31"'],
  ["an inherited dtype", file('{"a":{"dtype":"constructor","shape":[],"data_offsets":[0,4]}}'), "unknown dtype"],
  ["no dtype", file('{"a":{"shape":[],"data_offsets":[0,4]}}'), "unknown dtype undefined"],
  ["a negative extent", file(`{"a":${entry(0, 4, "[-1]")}}`, [0, 0, 0, 0]), "has shape [-1]"],
  ["a broken extent", file(`{"a":${entry(0, 4, "[0.5]")}}`, [0, 0, 0, 0]), "has shape [0.5]"],
  ["a huge shape", file(`{"a":${entry(0, 4, "[4294967296,4294967296]")}}`, [0, 0, 0, 0]), "has 4 bytes"],
  ["a missing shape", file('{"a":{"dtype":"F32","data_offsets":[0,4]}}'), "has shape undefined"],
  ["one offset", file('{"a":{"dtype":"F32","shape":[],"data_offsets":[4]}}'), "data_offsets [4], expected two"],
  ["offsets that fall", file(`{"a":${entry(4, 0, "[]")}}`, [0, 0, 0, 0]), "expected begin ≤ end"],
  ["a wrong byte count", file(`{"a":${entry(0, 4, "[2]")}}`, [0, 0, 0, 0]), "F32 of shape [2] needs 8"],
  ["overlapping offsets", file(`{"a":${entry(0, 8)},"b":${entry(4, 8)}}`, Array(8).fill(0)), '"b" overlaps'],
  ["the same offsets twice", file(`{"a":${entry(0, 8)},"b":${entry(0, 8)}}`, Array(8).fill(0)), "overlaps"],
  ["a hole", file(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, Array(12).fill(0)), '"b" leaves a hole'],
  ["a hole at the start", file(`{"a":${entry(4, 8)}}`, Array(8).fill(0)), '"a" leaves a hole'],
  ["data cut off", file(`{"a":${entry(0, 8)}}`, Array(7).fill(0)), "truncated: the tensors need 8 bytes, 7 are there"],
  ["data too long", file(`{"a":${entry(0, 4)}}`, Array(6).fill(0)), "2 bytes follow the last tensor"],
  ["a boolean of 2", file('{"a":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}}', [2]), "holds the byte 2"],
])("%s is refused with the reason", (_, bytes, reason) => {
  expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ name: "LonghandError", code: "format" }));
  expect(() => decodeSafetensors(bytes)).toThrow(reason);
});

test("any bytes at all give a file or a format error", () => {
  const good = encodeSafetensors({ a: ndarray(new Float32Array([1, 2]), [2]), b: ndarray(new Uint8Array([1]), []) });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1 }), (changes) => {
      const bytes = good.slice();
      for (const [position, value] of changes) bytes[position] = value;
      try {
        decodeSafetensors(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: "LonghandError", code: "format" });
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test("what can't be stored is refused", () => {
  const scalar = ndarray(new Float32Array([1]), []);
  expect(() => encodeSafetensors({ __metadata__: scalar })).toThrow("can't be named");
  expect(() => encodeSafetensors({ "\ud800": scalar })).toThrow("isn't Unicode text");
  expect(() => encodeSafetensors({}, { a: "\udc00" })).toThrow("isn't Unicode text");
  expect(() => encodeSafetensors({ a: ndarray(new Uint8Array([2]), []) })).toThrow('boolean tensor "a" holds 2');
  expect(() => encodeSafetensors({ a: { ...scalar, shape: [2] } })).toThrow(
    expect.objectContaining({ code: "shape", message: 'tensor "a" has shape [2] and 1 elements' }),
  );
});
