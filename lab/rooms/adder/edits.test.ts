import * as fc from "fast-check";
import { fullAdder } from "longhand";
import { expect, test } from "vitest";
import { type Edit, edited, editsField, placeOf, weightIn, withEdit } from "./edits.ts";

const { parameters } = fullAdder.network;

test("edits are read as they are written", () => {
  expect(editsField.read("R43[1,0]:0.8;b3[1]:-2")).toEqual([
    { part: "R43[1,0]", value: 0.8 },
    { part: "b3[1]", value: -2 },
  ]);
  const edit = fc.record({
    part: fc.constantFrom("R43[1,0]", "W2[2,1]", "b3[1]", "R1,10[0,0]"),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1 }), (edits) => {
      expect(editsField.read(editsField.write(edits))).toEqual(edits);
    }),
  );
});

test.each(["R43", "R43[1,0]", "R43[1,0]:x", "R43[1,0]:", "[1]:2", "R43[1,0]:1;"])("%s is refused", (text) => {
  expect(() => editsField.read(text)).toThrow("expected a weight and its value such as R43[1,0]:0.8");
});

test("where a weight lies: row by row", () => {
  expect(placeOf(parameters, "W2[2,1]")).toEqual({ name: "W2", at: 5 });
  expect(weightIn(parameters, "W2[2,1]")).toBe(1);
  expect(weightIn(parameters, "b3[2]")).toBe(-1);
  for (const part of ["W2[3,0]", "W2[0,2]", "W2[1]", "b3[4]", "b3[0,0]", "h4[1]", "x[0]", "toString[0]", ""]) {
    expect(placeOf(parameters, part), part).toBeUndefined();
  }
});

test("edits change what they name and nothing else, the network's own numbers least of all", () => {
  const before = structuredClone(parameters);
  const made = edited(parameters, [
    { part: "W2[2,1]", value: 0.5 },
    { part: "b3[2]", value: 7 },
    { part: "W2[2,1]", value: 0.25 },
  ]);
  expect([...made.W2!.data]).toEqual([1, 0, 1, 0, 0, 0.25]);
  expect([...made.b3!.data]).toEqual([0, 0, 7, 0]);
  expect(made.W1).toBe(parameters.W1);
  expect(parameters).toEqual(before);
  expect(() => edited(parameters, [{ part: "W9[0,0]", value: 1 }])).toThrow("W9[0,0]: this network has no such weight");
});

test("an edit back to what it was is none", () => {
  const edits: readonly Edit[] = [{ part: "b3[2]", value: 7 }];
  expect(withEdit(edits, parameters, { part: "b3[2]", value: 8 })).toEqual([{ part: "b3[2]", value: 8 }]);
  expect(withEdit(edits, parameters, { part: "b3[1]", value: 8 })).toHaveLength(2);
  expect(withEdit(edits, parameters, { part: "b3[2]", value: -1 })).toEqual([]);
});
