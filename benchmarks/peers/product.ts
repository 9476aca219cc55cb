/**
 * The speed of one large matrix product in ONNX Runtime, 4096 × 4096 twice, float32: `product.js [--threads N]`. Prints one
 * line of JSON, in GFLOP/s.
 */
import { parseArgs } from "node:util";
import { input, matmul, type NDArray, program } from "../../src/graph/index.ts";
import { onnxNodeRuntime } from "../../src/runtime/onnx/node.ts";

const SIZE = 4096;
const shape = [SIZE, SIZE];
const { values } = parseArgs({ options: { threads: { type: "string", default: "1" } } });
const runtime = await onnxNodeRuntime({ threads: Number(values.threads) });
const [a, b] = [input("a", shape), input("b", shape)];
const executable = await runtime.compile(program("product", { a, b }, { product: matmul(a, b) }));
const array = (): NDArray => ({ dtype: "float", shape, data: Float32Array.from({ length: SIZE ** 2 }, Math.random) });
const [inputs, outputs] = [{ a: array(), b: array() }, { product: array() }];
let best = 0;
for (let i = 0; i < 7; i++) {
  const began = performance.now();
  await executable.run(inputs, outputs);
  best = Math.max(best, (2e-6 * SIZE ** 3) / (performance.now() - began));
}
process.stdout.write(`${JSON.stringify({ gflops: best })}\n`);
