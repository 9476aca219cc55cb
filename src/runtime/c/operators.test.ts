/** Every operator as C: the reference's values. */
import { expect, test } from "vitest";
import { compareWithReference } from "../onnx/compare.test-helper.ts";
import { cRuntime } from "./node.ts";

test("every operator, scans and their gradients", async () => {
  const { problems, runs } = await compareWithReference(await cRuntime());
  expect(problems).toEqual([]);
  expect(runs).toBeGreaterThan(100);
}, 300_000);
