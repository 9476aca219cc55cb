/**
 * Trains an ILRNN on sums of 10 binary digits and draws what its units do while it adds 387 and 18: docs/pictures/adder.svg.
 *
 *   npm run build && node examples/adder-picture.mjs [file.svg]
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compileReference,
  completeConfig,
  encodeSymbols,
  expose,
  ilrnn,
  input,
  program,
  tracePicture,
  transpose,
  unroll,
} from "longhand";
import { openTrained, startRun } from "longhand/node";

const file = process.argv[2] ?? "docs/pictures/adder.svg";
const problem = "387+18";

const folder = await mkdtemp(join(tmpdir(), "longhand-picture-"));
const run = await startRun(folder, completeConfig({ task: "binary-addition", seed: 1 }));
for await (const event of run.events()) {
  if (event.type === "step" && event.step % 500 === 0) console.error(`step ${event.step}: loss ${event.loss}`);
}
await run.close();
const trained = await openTrained(folder);
await rm(folder, { recursive: true });

// The same cell once more, with its layers open to view: h1 the hidden units, h2 the output unit.
const { task, parameters, config, step } = trained;
const cell = ilrnn({ input: 2, layers: [...config.model.layers, 1], activation: config.model.activation });
const symbols = input("symbols", ["batch", "time", 2], "int");
const named = Object.fromEntries(
  Object.entries(cell.parameters).map(([name, { shape }]) => [name, input(name, shape)]),
);
const { node } = unroll(cell, named, transpose(encodeSymbols(symbols, [2, 2]), [1, 0, 2]));
const [h1, h2] = node.body.nextStates.map((state) => expose(node, state));
const look = compileReference(program("look", { ...named, symbols }, { hidden: h1, output: h2 }));

const letters = task.parse(problem);
const steps = letters.length / 2;
const seen = look.run({ ...parameters, symbols: { dtype: "int", shape: [1, steps, 2], data: letters } });
const hidden = seen.hidden.data;
const width = seen.hidden.shape[2];
const output = seen.output.data;
const answer = Int32Array.from(output, (value) => (value > 0.5 ? 1 : 0));

// What the exact machine carries into each step, for comparison: the network was never told.
let carry = 0;
const carries = Array.from({ length: steps }, (_, t) => {
  const before = carry;
  carry = task.machine.next(carry, [letters[2 * t], letters[2 * t + 1]]).state;
  return before;
});
const bits = (values) => Array.from(values, String);
const unit = (k) => Array.from({ length: steps }, (_, t) => hidden[t * width + k]);
const [a, b] = problem.split("+");

const svg = tracePicture({
  title: `A trained ILRNN adds ${a} + ${b} = ${task.formatAnswer(answer, letters)}`,
  subtitle: `binary digits, lowest first; ${width} hidden units; trained ${step.toLocaleString("en-US")} steps, seed ${config.seed}`,
  steps: Array.from({ length: steps }, (_, t) => String(t + 1)),
  unit: "time step",
  groups: [
    [
      { label: `x1 (${a})`, texts: bits(letters.filter((_, k) => k % 2 === 0)) },
      { label: `x2 (${b})`, texts: bits(letters.filter((_, k) => k % 2 === 1)) },
      { label: "carry, exact", texts: bits(carries) },
    ],
    Array.from({ length: width }, (_, k) => ({ label: `hidden ${k + 1}`, values: unit(k) })),
    [
      { label: "output", values: output, texts: Array.from(output, (value) => value.toFixed(2)) },
      { label: "answer", texts: bits(answer) },
    ],
  ],
});
await writeFile(file, svg);
console.log(
  `${file}: ${problem} = ${task.formatAnswer(answer, letters)}, exact: ${task.formatAnswer(task.solve(letters), letters)}`,
);
