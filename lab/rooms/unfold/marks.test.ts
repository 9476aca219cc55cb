import { expect, test } from "vitest";
import { litOf, markedLatex } from "./marks.ts";

test("marks of a symbol in an unfolded formula, and in equations at any time", () => {
  expect(markedLatex({ kind: "value", name: "h", time: 2, step: 3 }, "h_{2}")).toBe(
    "\\htmlData{kind=value,name=h,time=2,step=3}{h_{2}}",
  );
  expect(markedLatex({ kind: "value", name: "h", time: -1, step: 0 }, "h_{t-1}")).toBe(
    "\\htmlData{kind=value,name=h,offset=-1}{h_{t-1}}",
  );
  // A comma parts attributes.
  expect(markedLatex({ kind: "parameter", name: "R1,2", step: 1 }, "R")).toBe(
    "\\htmlData{kind=parameter,name=R1{,}2,step=1}{R}",
  );
});

test("what an element stands for: a symbol, a connection's weights, a layer's values, what is carried on", () => {
  expect(litOf({ kind: "value", name: "h", time: "2", step: "3" })).toEqual({ kind: "value", names: ["h"], time: 2 });
  expect(litOf({ kind: "value", name: "h", offset: "-1" })).toEqual({ kind: "value", names: ["h"], offset: -1 });
  expect(litOf({ kind: "sum", name: "j", step: "1", terms: "3" })).toEqual({ kind: "sum", names: ["j"], terms: 3 });
  expect(litOf({ parameters: "Ui Uf", values: "h", from: "1", time: "2" })).toEqual({
    kind: "parameter",
    names: ["Ui", "Uf"],
  });
  expect(litOf({ parameters: "bi", values: "h c", time: "2" })).toEqual({ kind: "value", names: ["h", "c"], time: 2 });
  expect(litOf({ parameters: "", values: "c", from: "1", time: "2" })).toEqual({
    kind: "value",
    names: ["c"],
    time: 1,
  });
  expect(litOf({})).toBeUndefined();
});
