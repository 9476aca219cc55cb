/** Running the same cases on any runtime and comparing with the reference; no test framework, so that pages can run it. */
import type { NDArray, Program } from "../../graph/index.ts";
import type { Runtime } from "../contract.ts";
import { compileReference } from "../reference/reference.ts";
import { operatorCases } from "./operator-cases.test-helper.ts";
import { everyScan, scanSizes, sized } from "./scan-cases.test-helper.ts";

type Arrays = Readonly<Record<string, NDArray>>;

/** What differs between two results: relative to the largest element, at most 1e-5 is allowed. */
function differences(received: Arrays, wanted: Arrays): string[] {
  return Object.entries(wanted).flatMap(([name, { dtype, shape, data }]) => {
    const got = received[name];
    if (got?.dtype !== dtype || got.shape.join() !== shape.join() || got.data.length !== data.length) {
      return [`${name} is ${got?.dtype} [${got?.shape}] of ${got?.data.length}, expected ${dtype} [${shape}]`];
    }
    const scale = Math.max(1, ...Array.from(data, Math.abs));
    const wrong = Array.from(data.keys()).filter((k) => !(Math.abs(got.data[k]! - data[k]!) <= 1e-5 * scale));
    return wrong.map((k) => `${name}[${k}] is ${got.data[k]}, expected ${data[k]}`);
  });
}

/**
 * Runs every operator, and scans with their gradients in several sizes, with outputs made anew and given.
 * @returns what went wrong, and how many runs there were.
 */
export async function compareWithReference(runtime: Runtime): Promise<{ problems: string[]; runs: number }> {
  const problems: string[] = [];
  let runs = 0;
  const compare = async (name: string, program: Program, cases: readonly Arrays[]) => {
    try {
      const reference = compileReference(program);
      await using executable = await runtime.compile(program);
      for (const inputs of cases) {
        const wanted = reference.run(inputs);
        const into = Object.fromEntries(
          Object.entries(wanted).map(([output, { dtype, shape, data }]) => {
            const empty = dtype === "float" ? new Float32Array(data.length) : data.slice().fill(0);
            return [output, { dtype, shape, data: empty }];
          }),
        );
        await executable.run(inputs, into);
        for (const received of [await executable.run(inputs), into]) {
          runs++;
          problems.push(...differences(received, wanted).map((text) => `${name}: ${text}`));
        }
      }
    } catch (error) {
      problems.push(`${name}: ${String(error)}`);
    }
  };
  for (const { name, program, inputs } of operatorCases) await compare(name, program, [inputs]);
  const sizes = scanSizes.map(([time, batch]) => sized(time, batch));
  await compare("scans", everyScan(), sizes);
  return { problems, runs };
}
