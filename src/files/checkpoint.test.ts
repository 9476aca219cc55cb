import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ndarray } from "../graph/array.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, peekCheckpoint } from "./checkpoint.ts";
import { decodeSafetensors, encodeSafetensors, headerLength } from "./safetensors.ts";

const checkpoint: Checkpoint = {
  run: "run-1",
  state: { step: 3, losses: [0.5, 0.25], streams: { dropout: 7 } },
  tensors: {
    "parameters/W1": ndarray(new Float32Array([1, -2.5]), [2, 1]),
    "optimizer/m/W1": ndarray(new Float64Array([0.1, Number.NaN]), [2, 1]),
    "optimizer/seen": ndarray(new Uint8Array([1, 0]), [2]),
  },
};

test("a checkpoint reads back, and other tools can read it too", async () => {
  const bytes = await encodeCheckpoint(checkpoint);
  expect(await decodeCheckpoint(bytes, { run: "run-1" })).toEqual(checkpoint);
  expect(await decodeCheckpoint(bytes)).toEqual(checkpoint);
  expect(await encodeCheckpoint(checkpoint)).toEqual(bytes);
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(tensors["parameters/W1"]).toEqual(checkpoint.tensors["parameters/W1"]);
  expect(metadata).toMatchObject({
    format: "longhand-checkpoint",
    formatVersion: "1",
    run: "run-1",
    state: '{"step":3,"losses":[0.5,0.25],"streams":{"dropout":7}}',
  });
});

test("the hash is that of the file with the 64 digits as zeros", async () => {
  const bytes = await encodeCheckpoint(checkpoint);
  const { sha256 } = decodeSafetensors(bytes).metadata;
  const text = Buffer.from(bytes).toString("latin1");
  const zeroed = Buffer.from(text.replace(sha256!, "0".repeat(64)), "latin1");
  expect(createHash("sha256").update(zeroed).digest("hex")).toBe(sha256);
});

test("any state that JSON holds reads back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string(), async (state, run) => {
      const read = await decodeCheckpoint(await encodeCheckpoint({ run, state, tensors: {} }), { run });
      expect(JSON.stringify(read)).toBe(JSON.stringify({ run, state, tensors: {} }));
    }),
    { seed: 4 },
  );
});

test("state that JSON would change is refused", async () => {
  await expect(encodeCheckpoint({ ...checkpoint, state: { losses: [1, Number.NaN] } })).rejects.toMatchObject({
    code: "argument",
    message: expect.stringContaining("checkpoint state.losses[1] is NaN"),
  });
});

const refused = { name: "LonghandError", code: "format" };

test("every single flipped bit is noticed", async () => {
  const bytes = await encodeCheckpoint(checkpoint);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    await expect(decodeCheckpoint(flipped), `bit ${bit}`).rejects.toMatchObject(refused);
  }
});

test("every shorter file is noticed, and every longer one", async () => {
  const bytes = await encodeCheckpoint(checkpoint);
  for (let length = 0; length < bytes.length; length++) {
    const error = await decodeCheckpoint(bytes.subarray(0, length)).catch((error: unknown) => error);
    expect(error, `length ${length}`).toMatchObject(refused);
    expect(String(error)).toContain("truncated");
  }
  const longer = new Uint8Array([...bytes, 0]);
  await expect(decodeCheckpoint(longer)).rejects.toMatchObject(refused);
});

/** A checkpoint with other metadata and, unlike a damaged one, the right hash for it. */
function forge(change: Record<string, string | undefined>, first: Record<string, string> = {}): Uint8Array {
  const metadata = {
    ...first,
    sha256: "0".repeat(64),
    format: "longhand-checkpoint",
    formatVersion: "1",
    run: "run-1",
    state: "{}",
    ...change,
  };
  const present = Object.entries(metadata).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const bytes = Buffer.from(encodeSafetensors({}, Object.fromEntries(present)));
  const hash = createHash("sha256").update(bytes).digest("hex");
  return Buffer.from(bytes.toString("latin1").replace("0".repeat(64), hash), "latin1");
}

test.each<[string, Uint8Array, string]>([
  ["of another run", forge({ run: "run-2" }), 'checkpoint of another run: it belongs to "run-2", expected "run-1"'],
  [
    "of a newer format",
    forge({ formatVersion: "2" }),
    "newer format version 2; this version of Longhand reads up to 1",
  ],
  ["with a broken version", forge({ formatVersion: "one" }), 'formatVersion is "one", expected "1"'],
  ["without version", forge({ formatVersion: undefined }), 'formatVersion is "", expected "1"'],
  [
    "of another program",
    encodeSafetensors({}, { format: "pt" }),
    'not a Longhand checkpoint: its metadata has format "pt"',
  ],
  ["without metadata", encodeSafetensors({}), "not a Longhand checkpoint: its metadata has no format"],
  ["with the hash elsewhere", forge({}, { a: "b" }), "doesn't begin with sha256"],
  ["without state", forge({ state: undefined }), "lacks run or state"],
  ["with broken state", forge({ state: "{" }), "its state is bad JSON"],
])("a checkpoint %s is refused and says so", async (_, bytes, reason) => {
  await expect(decodeCheckpoint(bytes, { run: "run-1" })).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining(reason),
  });
});

test("changed tensors are called damaged", async () => {
  const bytes = await encodeCheckpoint(checkpoint);
  bytes[bytes.length - 1]! ^= 1; // the last boolean: the file stays well-formed
  await expect(decodeCheckpoint(bytes)).rejects.toThrow("damaged checkpoint: its contents have the SHA-256");
  expect(await decodeCheckpoint(forge({}))).toEqual({ run: "run-1", state: {}, tensors: {} });
});

test("the state can be read from the header alone, which proves nothing about the rest", async () => {
  const state = { step: 3, solvedAt: [null] };
  const bytes = await encodeCheckpoint({ run: "r", state, tensors: { W: ndarray(new Float32Array(100), [100]) } });
  const header = bytes.subarray(0, headerLength(bytes));
  expect(header.length).toBeLessThan(bytes.length - 399);
  expect(peekCheckpoint(header)).toEqual({ run: "r", state });
  expect(() => peekCheckpoint(header.subarray(0, -1))).toThrow("truncated");
  expect(() => peekCheckpoint(header.subarray(0, 7))).toThrow("truncated");
  expect(() => peekCheckpoint(encodeSafetensors({}, { state: "1" }))).toThrow("lacks run or state");
});
