import fc from "fast-check";
import { expect, test } from "vitest";
import { duplicateKey, exactJson } from "./json.ts";

test("JSON text reads back as the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = exactJson(value, "value");
      expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(value));
      expect(duplicateKey(text)).toBeUndefined();
    }),
    { seed: 1 },
  );
  expect(exactJson({ a: [1, { b: null }], gone: undefined }, "value")).toBe('{"a":[1,{"b":null}]}');
});

test("a value that JSON would change is refused, with its place", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  const cases: [unknown, string][] = [
    [{ loss: [1, Number.NaN] }, "state.loss[1] is NaN"],
    [Number.POSITIVE_INFINITY, "state is Infinity"],
    [[undefined], "state[0] is of type undefined"],
    [{ step: 3n }, "state.step is of type bigint"],
    [{ when: new Date(0) }, "state.when is a Date"],
    [{ data: new Float32Array(1) }, "state.data is a Float32Array"],
    [{ run() {} }, "state.run is of type function"],
    [circle, "state[0] contains itself"],
  ];
  for (const [value, message] of cases) {
    expect(() => exactJson(value, "state")).toThrow(expect.objectContaining({ code: "argument" }));
    expect(() => exactJson(value, "state")).toThrow(message);
  }
  const shared = { a: 1 };
  expect(exactJson([shared, shared], "state")).toBe('[{"a":1},{"a":1}]');
});

test("a key that occurs twice in one object is found", () => {
  expect(duplicateKey('{"a":1,"a":2}')).toBe("a");
  expect(duplicateKey('{"a":1,"b":{"c":[{"x":1},{"x":1}],"\\u0063" : 2}}')).toBe("c");
  expect(duplicateKey('{"a":{"a":["a","a",{"a":"\\"a\\":{"}]},"b":"a"}')).toBeUndefined();
  expect(duplicateKey(`{"a":${JSON.stringify('"\\'.repeat(1_000_000))},"a":0}`)).toBe("a");
});
