/** Reads a case file, runs and times a training step, prints the result: what the JavaScript peers share. */
import { readFileSync } from "node:fs";

/** The case, with each array of `parameters` and `inputs` as `{ shape, data }` with typed data. */
export function load(path) {
  const file = JSON.parse(readFileSync(path, "utf8"));
  for (const group of ["parameters", "inputs"]) {
    file[group] = Object.fromEntries(Object.entries(file[group]).map(([name, array]) => [name, decode(array)]));
  }
  return file;
}

function decode({ dtype, shape, data }) {
  const bytes = Uint8Array.from(Buffer.from(data, "base64")).buffer;
  return { shape, data: dtype === "int32" ? new Int32Array(bytes) : new Float32Array(bytes) };
}

function encode(data) {
  return Buffer.from(Float32Array.from(data).buffer).toString("base64");
}

/** The inputs of each batch; inputs that aren't cycled are the same in each. */
export function batches(file) {
  return Array.from({ length: file.sizes.batches }, (_, k) =>
    Object.fromEntries(
      Object.entries(file.inputs).map(([name, { shape, data }]) => {
        if (!file.cycled.includes(name)) return [name, { shape, data }];
        const size = data.length / shape[0];
        return [name, { shape: shape.slice(1), data: data.slice(k * size, (k + 1) * size) }];
      }),
    ),
  );
}

/**
 * Runs `step(k)` (trains on batch k and gives the loss once the work is done) as the case asks.
 * `parameters()` gives name → numbers.
 */
export async function measure(file, step, parameters) {
  const count = file.sizes.batches;
  const began = performance.now();
  const loss = [await step(0)];
  const compile = (performance.now() - began) / 1000;
  for (let i = 1; i < file.checkedSteps; i++) loss.push(await step(i % count));
  const after = Object.entries(await parameters()).map(([name, data]) => [name, encode(data)]);
  const times = [];
  const processor = [];
  let total = 0;
  for (let i = 0; i < file.iterations && (i < 3 || total < 1000 * file.maximumSeconds); i++) {
    const start = performance.now();
    const used = process.cpuUsage();
    await step((file.checkedSteps + i) % count);
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1000);
    total += times.at(-1);
  }
  return {
    compile_s: compile,
    checks: { loss, parameters: Object.fromEntries(after) },
    times_ms: times,
    cpu_ms: processor,
  };
}

/** Prints a result and ends the process, whose workers may still be alive. */
export function report(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
