/** The WebAssembly engine, here in Node; `tests/browser/onnx-web.test.ts` runs the same in a page. */
import { expect, test } from "vitest";
import { compareWithReference } from "./compare.test-helper.ts";
import { onnxWebRuntime } from "./web.ts";

test("every operator, and scans with their gradients in several sizes", async () => {
  const { problems, runs } = await compareWithReference(await onnxWebRuntime());
  expect(problems).toEqual([]);
  expect(runs).toBeGreaterThan(300);
});
