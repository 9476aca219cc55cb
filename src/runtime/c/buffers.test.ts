/** Arrays that are needed at the same time never share a place. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Buffer, Buffers, together } from "./buffers.ts";

/** Statements: each takes new arrays, reads old ones, or begins or ends a loop. */
const statements = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("take" as const), size: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant("read" as const), which: fc.nat(30) }),
    fc.constant({ kind: "open" as const }),
    fc.constant({ kind: "close" as const }),
  ),
  { minLength: 1, maxLength: 60 },
);

test("an array is in its place from its first statement to its last, and as long as a loop around a reading goes on", () => {
  fc.assert(
    fc.property(statements, (all) => {
      const buffers = new Buffers();
      const loops: { readonly start: number; readonly read: Set<Buffer> }[] = [];
      const made: { readonly buffer: Buffer; readonly from: number; to: number }[] = [];
      const use = (entry: (typeof made)[number], clock: number) => {
        entry.to = Math.max(entry.to, clock);
      };
      all.forEach((statement, clock) => {
        if (statement.kind === "take") {
          made.push({ buffer: buffers.request("float", statement.size, 4), from: clock, to: clock });
        } else if (statement.kind === "read") {
          const entry = made[statement.which];
          if (entry) {
            buffers.touch(entry.buffer);
            use(entry, clock);
            for (const { read } of loops) read.add(entry.buffer);
          }
        } else if (statement.kind === "open") {
          buffers.openLoop();
          loops.push({ start: clock, read: new Set() });
        } else {
          const loop = loops.pop();
          if (loop) {
            buffers.closeLoop();
            // What was made before the loop is read again in its next round.
            for (const entry of made) if (loop.read.has(entry.buffer) && entry.from < loop.start) use(entry, clock);
          }
        }
        buffers.advance();
      });
      const { placeOf, sizes } = buffers.places();
      for (const a of made) {
        expect(sizes[placeOf[a.buffer.id]!]).toBe(a.buffer.size);
        for (const b of made) {
          if (a.buffer.id < b.buffer.id && a.to >= b.from && b.to >= a.from) {
            expect(placeOf[a.buffer.id]).not.toBe(placeOf[b.buffer.id]);
          }
        }
      }
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a place is used again by an array of the same size, and by no other", () => {
  const buffers = new Buffers();
  const first = buffers.request("float", "batch", 4);
  buffers.advance();
  const second = buffers.request("float", "batch", 4);
  buffers.advance();
  const third = buffers.request("float", "batch", 4);
  const other = buffers.request("float", "2*batch", 4);
  const { placeOf, sizes } = buffers.places();
  expect(placeOf[second.id]).toBe(placeOf[first.id]);
  expect(placeOf[third.id]).toBe(placeOf[first.id]);
  expect(placeOf[other.id]).not.toBe(placeOf[first.id]);
  expect(sizes).toEqual(["4*batch", "8*batch"]);
});

test("several together last as long as any of them is used", () => {
  const buffers = new Buffers();
  const [a, b] = [buffers.request("float", 1, 4), buffers.request("float", 1, 4)];
  const both = together([a, undefined, b]);
  buffers.advance();
  buffers.touch(both);
  expect([a.last, b.last, both.last]).toEqual([1, 1, 1]);
});
