/** Every operator through ONNX Runtime in Node: the reference's values. */
import { expect, test } from "vitest";
import { floor, input } from "../../graph/index.ts";
import { compileReference } from "../reference/reference.ts";
import { onnxNodeRuntime } from "./node.ts";
import { operatorCases } from "./operator-cases.test-helper.ts";

const runtime = await onnxNodeRuntime();

test.each(operatorCases)("$name", async ({ program, inputs }) => {
  const wanted = compileReference(program).run(inputs).y!;
  await using executable = await runtime.compile(program);
  const { y } = await executable.run(inputs);
  expect(y!.dtype).toBe(wanted.dtype);
  expect([...y!.shape]).toEqual([...wanted.shape]);
  wanted.data.forEach((value, k) => {
    expect(Math.abs(y!.data[k]! - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
  });
});

test("floor is for floats, as in ONNX", () => {
  expect(() => floor(input("k", [2], "int"))).toThrow(/Floor\(k \[2\] int\): expected float operands, received int/);
});
