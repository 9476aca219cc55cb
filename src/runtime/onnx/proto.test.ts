import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LonghandError } from "../../errors.ts";
import {
  decodeModel,
  decodeTensor,
  type ElementType,
  encodeModel,
  encodeTensor,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from "./proto.ts";

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

// By hand from onnx.proto: tag = field number × 8 + wire type, lengths before nested messages.
const softmaxAttribute = "0a04 61786973 | 18 ffffffffffffffffff01 | a00102"; // name "axis", i = −1, type INT: 20 bytes
const softmaxNode = `0a0178 | 120179 | 2207 536f66746d6178 | 2a14 ${softmaxAttribute}`; // x → y, Softmax: 37 bytes
const inputX = "0a0178 | 120f 0a0d 0801 1209 0a03 12016e 0a02 0803"; // x: FLOAT [n, 3]: 20 bytes
const outputY = "0a0179 | 120c 0a0a 0801 1206 0a00 0a02 0803"; // y: FLOAT [?, 3]: 17 bytes
const graph = `0a25 ${softmaxNode} | 120167 | 5a14 ${inputX} | 6211 ${outputY}`; // named g: 83 bytes
const softmaxBytes = hex(`0808 | 12026c68 | 3a53 ${graph} | 4204 0a00 100d | 7206 0a016b 120176`);
const softmax: OnnxModel = {
  irVersion: 8,
  opsetImport: [{ domain: "", version: 13 }],
  producerName: "lh",
  producerVersion: "",
  docString: "",
  metadata: { k: "v" },
  graph: {
    name: "g",
    nodes: [
      { opType: "Softmax", name: "", inputs: ["x"], outputs: ["y"], attributes: { axis: { type: "int", value: -1 } } },
    ],
    inputs: [{ name: "x", elementType: "FLOAT", shape: ["n", 3] }],
    outputs: [{ name: "y", elementType: "FLOAT", shape: [undefined, 3] }],
    initializers: [],
    valueInfo: [],
  },
};

describe("a model's bytes", () => {
  it("are those written by hand", () => {
    expect(encodeModel(softmax)).toStrictEqual(softmaxBytes);
    expect(decodeModel(softmaxBytes)).toStrictEqual(softmax);
  });

  it("may hold fields that aren't known, of every wire type", () => {
    const unknown = hex("d03e 07 | d13e 0102030405060708 | d23e 02 ffff | d53e 01020304"); // field 1002
    const within = hex(`0808 | 3a${(83 + unknown.length).toString(16)}`);
    expect(decodeModel(Uint8Array.of(...unknown, ...softmaxBytes, ...unknown))).toStrictEqual(softmax);
    const nested = Uint8Array.of(...within, ...hex(graph), ...unknown, ...hex("4204 0a00 100d"));
    expect(decodeModel(nested).graph).toStrictEqual(softmax.graph);
  });

  it("may name an extent by nothing, which leaves it unknown", () => {
    const read = decodeModel(hex("0808 3a0c 5a0a 1208 0a06 1204 0a02 1200 4200"));
    expect(read.graph.inputs).toStrictEqual([{ name: "", elementType: "UNDEFINED", shape: [undefined] }]);
  });

  it("may hold repeated attributes packed or not", () => {
    const node = (attribute: string) =>
      `0a${(2 + attribute.length / 2).toString(16).padStart(2, "0")} 2a${(attribute.length / 2).toString(16).padStart(2, "0")} ${attribute}`;
    const read = (attribute: string) => {
      const body = node(attribute.replaceAll(" ", "")).replaceAll(" ", "");
      const bytes = hex(`0802 3a${(body.length / 2).toString(16).padStart(2, "0")} ${body}`);
      return decodeModel(bytes).graph.nodes[0]?.attributes.a;
    };
    expect(read("0a0161 4005 40ffffffffffffffffff01 a00107")).toStrictEqual({ type: "ints", value: [5, -1] });
    expect(read("0a0161 420b05ffffffffffffffffff01 a00107")).toStrictEqual({ type: "ints", value: [5, -1] });
    expect(read("0a0161 3d0000803f 3d000000c0 a00106")).toStrictEqual({ type: "floats", value: [1, -2] });
    expect(read("0a0161 3a080000803f000000c0 a00106")).toStrictEqual({ type: "floats", value: [1, -2] });
  });

  it("keep names as they are: byte order marks, __proto__, characters outside the basic plane", () => {
    const names = [
      "\ufeffa name longer than twelve",
      "__proto__",
      "𝜎é\u0000",
      "\u{20000}\u{10ffff}",
      "constructor",
      "1",
    ];
    const attributes: Record<string, OnnxAttribute> = Object.fromEntries(
      names.map((name, value) => [name, { type: "int", value }]),
    );
    const node = { ...softmax.graph.nodes[0]!, name: names[0]!, attributes };
    const model = { ...softmax, graph: { ...softmax.graph, nodes: [node] } };
    const read = decodeModel(encodeModel(model)).graph.nodes[0]!;
    expect(read.name).toBe(names[0]);
    expect(Object.keys(read.attributes).sort()).toStrictEqual([...names].sort());
    for (const [value, name] of names.entries()) {
      expect(Object.getOwnPropertyDescriptor(read.attributes, name)?.value).toStrictEqual({ type: "int", value });
    }
  });
});

describe("what isn't a model", () => {
  it("is refused: every truncation, foreign bytes, missing parts", () => {
    const bytes = encodeModel({ ...softmax, metadata: {} });
    for (let length = 0; length < bytes.length; length++) {
      expect(codeThrownBy(() => decodeModel(bytes.subarray(0, length)))).toBe("format");
    }
    const text = new TextEncoder();
    for (const foreign of ["PK\u0003\u0004", '{"ir_version": 8}', "<html></html>", "\0".repeat(20)]) {
      expect(codeThrownBy(() => decodeModel(text.encode(foreign)))).toBe("format");
    }
    expect(codeThrownBy(() => decodeModel(hex("0808 4204 0a00 100d")))).toBe("format"); // no graph
    expect(codeThrownBy(() => decodeModel(hex("3a00 4204 0a00 100d")))).toBe("format"); // no IR version
    expect(codeThrownBy(() => decodeModel(hex("0808 3a00")))).toBe("format"); // no operator set
    expect(codeThrownBy(() => decodeModel(hex("0808 1201ff 3a00 4200")))).toBe("format"); // not UTF-8
    expect(codeThrownBy(() => decodeModel(hex("0808 3a08 0a06 2a04 0a00 1805 4200")))).toBe("format"); // attribute type
    const twice = "2a06 0a0161 a00102 2a06 0a0161 a00102"; // attribute a = 0, again
    expect(codeThrownBy(() => decodeModel(hex(`0808 3a12 0a10 ${twice} 4200`)))).toBe("format");
    expect(codeThrownBy(() => decodeModel(hex(`0808 3a0a 0a08 ${twice.slice(0, 18)} 4200`)))).toBe("none");
    expect(codeThrownBy(() => decodeModel(hex("0808 12ffffffffffffffff7f 3a00 4200")))).toBe("format"); // length 2^63
    expect(codeThrownBy(() => decodeModel(hex("08ffffffffffffffffffffff01")))).toBe("format"); // varint of 12 bytes
  });

  it("is refused when graphs nest without end", () => {
    const bytes = new Uint8Array(1_000_000);
    let start = bytes.length;
    for (const tag of [...Array(60_000).fill([0x32, 0x2a, 0x0a]).flat(), 0x3a]) {
      const length = bytes.length - start; // g in attribute in node in graph; the length in four bytes
      start -= 5;
      bytes.set(
        [tag, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, ((length >> 14) & 0x7f) | 0x80, length >> 21],
        start,
      );
    }
    expect(codeThrownBy(() => decodeModel(bytes.subarray(start)))).toBe("format");
  });

  it("is refused when it can't be represented", () => {
    const refused = {
      functions: "0808 ca0100 3a00 4200",
      "sparse initializer": "0808 3a02 7a00 4200",
      "list of graphs": "0808 3a07 0a05 2a03 a0010a 4200",
      "integer of 2^53": "0880808080808080 10 3a00 4200",
      "element type 99": "0808 3a08 5a06 1204 0a02 0863 4200",
    };
    for (const [what, bytes] of Object.entries(refused)) {
      expect([what, codeThrownBy(() => decodeModel(hex(bytes)))]).toStrictEqual([what, "unsupported"]);
    }
  });

  it("never ends in another error, whatever the bytes", () => {
    const anything = (bytes: Uint8Array) => {
      for (const decode of [decodeModel, decodeTensor]) codeThrownBy(() => decode(bytes));
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), anything), { seed: 1 });
    const damaged = fc
      .array(fc.tuple(fc.nat(softmaxBytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = softmaxBytes.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    fc.assert(fc.property(damaged, anything), { seed: 2, numRuns: 2000 });
  });

  it("isn't written", () => {
    const write = (attribute: OnnxAttribute) => {
      const node = { ...softmax.graph.nodes[0]!, attributes: { attribute } };
      return codeThrownBy(() => encodeModel({ ...softmax, graph: { ...softmax.graph, nodes: [node] } }));
    };
    expect(write({ type: "int", value: 2 ** 53 })).toBe("argument");
    expect(write({ type: "ints", value: [0.5] })).toBe("argument");
    expect(write({ type: "string", value: "\ud83d" })).toBe("argument");
    expect(write({ type: "int", value: Number.MIN_SAFE_INTEGER })).toBe("none");
  });
});

const name = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => text !== "__proto__");
const integer = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -200, max: 200 }), fc.integer());

/** Tensors of every element type that can be held. */
const arrays = {
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
  INT8: Int8Array,
  UINT8: Uint8Array,
  INT16: Int16Array,
  UINT16: Uint16Array,
  INT32: Int32Array,
  UINT32: Uint32Array,
  INT64: BigInt64Array,
  UINT64: BigUint64Array,
  BOOL: Uint8Array,
  FLOAT16: Uint16Array,
  BFLOAT16: Uint16Array,
} as const satisfies Partial<Record<ElementType, unknown>>;
const tensor: fc.Arbitrary<OnnxTensor> = fc
  .tuple(
    name,
    fc.constantFrom(...(Object.keys(arrays) as (keyof typeof arrays)[])),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.uint8Array({ minLength: 512, maxLength: 512 }),
  )
  .map(([name, elementType, dims, random]) => {
    const size = dims.reduce((product, extent) => product * extent, 1);
    return { name, elementType, dims, data: new arrays[elementType](random.slice().buffer, 0, size).slice() };
  });

/** Records with the ordinary prototype, as the decoder makes them. */
function record<T extends object, K extends keyof T = keyof T>(
  fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
  requiredKeys?: K[],
) {
  return fc.record<T, K>(fields, { noNullPrototype: true, ...(requiredKeys && { requiredKeys }) });
}

const valueInfo: fc.Arbitrary<ValueInfo> = fc.oneof(
  record({ name, elementType: fc.constantFrom<ElementType>("FLOAT", "STRING", "INT4", "UNDEFINED") }),
  record({
    name,
    elementType: fc.constantFrom<ElementType>("DOUBLE", "BOOL", "UNDEFINED"),
    shape: fc.array(
      fc.oneof(
        fc.nat(),
        name.map((text) => text || undefined),
      ),
      { maxLength: 4 },
    ),
  }),
  // sequence of FLOAT tensors; optional INT64 tensor
  record({
    name,
    elementType: fc.constant<ElementType>("UNDEFINED"),
    otherType: fc.constantFrom(hex("2206 0a04 0a02 0801"), hex("4a06 0a04 0a02 0807")),
  }),
);

const { graphs } = fc.letrec<{ graphs: OnnxGraph; nodes: OnnxNode; attributes: OnnxAttribute }>((tie) => ({
  graphs: record({
    name,
    nodes: fc.array(tie("nodes"), { maxLength: 3, depthIdentifier: "graph" }),
    inputs: fc.array(valueInfo, { maxLength: 2 }),
    outputs: fc.array(valueInfo, { maxLength: 2 }),
    initializers: fc.array(tensor, { maxLength: 2 }),
    valueInfo: fc.array(valueInfo, { maxLength: 2 }),
  }),
  nodes: record(
    {
      opType: name,
      name,
      domain: name.filter((text) => text !== ""),
      inputs: fc.array(name, { maxLength: 3 }),
      outputs: fc.array(name, { maxLength: 3 }),
      attributes: fc.dictionary(name, tie("attributes"), { maxKeys: 3, noNullPrototype: true }),
    },
    ["opType", "name", "inputs", "outputs", "attributes"],
  ),
  attributes: fc.oneof(
    { depthIdentifier: "graph", depthSize: "small" },
    record({ type: fc.constant("float" as const), value: fc.float() }),
    record({ type: fc.constant("int" as const), value: integer }),
    record({ type: fc.constant("string" as const), value: name }),
    record({ type: fc.constant("tensor" as const), value: tensor }),
    record({ type: fc.constant("floats" as const), value: fc.array(fc.float()) }),
    record({ type: fc.constant("ints" as const), value: fc.array(integer) }),
    record({ type: fc.constant("strings" as const), value: fc.array(name) }),
    record({ type: fc.constant("type" as const), value: fc.uint8Array() }),
    record({ type: fc.constant("graph" as const), value: tie("graphs") }),
  ),
}));
const models: fc.Arbitrary<OnnxModel> = record({
  irVersion: fc.integer({ min: 1, max: 12 }),
  opsetImport: fc.array(record({ domain: name, version: fc.nat(30) }), { minLength: 1, maxLength: 3 }),
  producerName: name,
  producerVersion: name,
  docString: fc.string({ unit: "grapheme", maxLength: 400 }),
  metadata: fc.dictionary(name, name, { maxKeys: 4, noNullPrototype: true }),
  graph: graphs,
});

describe("any model and tensor", () => {
  it("is read as it was written, and written the same again", () => {
    let nested = 0;
    fc.assert(
      fc.property(models, (model) => {
        const bytes = encodeModel(model);
        const read = decodeModel(bytes);
        expect(read).toStrictEqual(model);
        expect(encodeModel(read)).toStrictEqual(bytes);
        for (const node of model.graph.nodes)
          for (const attribute of Object.values(node.attributes)) if (attribute.type === "graph") nested++;
      }),
      { seed: 3, numRuns: 200 },
    );
    expect(nested).toBeGreaterThan(10);
    fc.assert(
      fc.property(tensor, (tensor) => {
        expect(decodeTensor(encodeTensor(tensor))).toStrictEqual(tensor);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
