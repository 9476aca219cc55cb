/** Executables of ONNX Runtime in Node: every size, given outputs, errors, closing. */
import { expect, test } from "vitest";
import { add, input, mul, ndarray, program, reduceSum, scan, slice } from "../../graph/index.ts";
import { expectClose, testArrays } from "../executables.test-helper.ts";
import { compileReference } from "../reference/reference.ts";
import { onnxNodeRuntime } from "./node.ts";
import { everyScan, numbers, scanSizes, sized } from "./scan-cases.test-helper.ts";

const runtime = await onnxNodeRuntime();

test("one executable serves every length and batch, none included", async () => {
  const scans = everyScan();
  const reference = compileReference(scans);
  await using executable = await runtime.compile(scans);
  for (const [time, batch] of scanSizes) {
    const inputs = sized(time, batch);
    expectClose(await executable.run(inputs), reference.run(inputs));
  }
});

test("a length that is open and comes out as 0", async () => {
  const x = input("x", ["length"]);
  const { outputs } = scan({
    state: { s: reduceSum(x) },
    sequences: { later: slice(x, { axis: 0, start: 1 }) },
    step: ({ s }, { later }) => ({ state: { s: add(s, later) }, outputs: { y: s } }),
  });
  const later = program("later", { x }, { y: outputs.y });
  await using executable = await runtime.compile(later);
  for (const length of [3, 2, 1]) {
    const inputs = { x: numbers([length]) };
    expectClose(await executable.run(inputs), compileReference(later).run(inputs));
  }
});

testArrays(runtime);

test("runs at the same time don't disturb each other; closing waits for them", async () => {
  const x = input("x", ["n"]);
  const executable = await runtime.compile(program("square", { x }, { y: mul(x, x) }));
  const runs = [1, 2, 3, 4].map((value) => executable.run({ x: ndarray(Float64Array.of(value, -value), [2]) }));
  const closed = executable.close();
  expect((await Promise.all(runs)).map(({ y }) => [...y!.data])).toEqual([
    [1, 1],
    [4, 4],
    [9, 9],
    [16, 16],
  ]);
  await closed;
  await executable.close();
  await expect(executable.run({ x: ndarray(Float64Array.of(1), [1]) })).rejects.toMatchObject({
    code: "runtime",
    message: "program square: this executable is closed",
  });
});
