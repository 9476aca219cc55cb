/** Whether a program of numbers is the network that was read out of it: tried on random numbers. */
import { LonghandError } from "../../errors.ts";
import { input, type NDArray, ndarray, type Program, program, sizeOf, transpose } from "../../graph/index.ts";
import { findModel, parameterInputs } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { type Foreign, foreignModel, foreignParameters } from "./foreign.ts";

const TOLERANCE = 1e-6;

/**
 * Compares a program with the network read out of it. The axes of time and batch may lie in either order in its input and in
 * its output.
 * @param whole one input of rank 3, one output.
 * @throws LonghandError `format`.
 */
export function expectSameNetwork(whole: Program, foreign: Foreign): void {
  const [[inputName, x] = [], ...others] = Object.entries(whole.inputs);
  if (!inputName || !x || others.length > 0 || x.shape.length !== 3) {
    const came = Object.entries(whole.inputs).map(([name, { shape }]) => `${name} [${shape.join(", ")}]`);
    throw new LonghandError(
      "unsupported",
      `ONNX: received the inputs ${came.join(", ")}, expected one, [.., .., features]`,
    );
  }
  const extents = x.shape.map((extent, axis) =>
    typeof extent === "number" ? extent : [5, 3, foreign.features][axis]!,
  );
  const numbers = ndarray(
    randomSource(1)
      .stream("numbers")
      .normal(new Float64Array(sizeOf(extents))),
    extents,
  );
  const { output } = compileReference(whole).run({ [inputName]: numbers });

  const { name, ...options } = foreignModel(foreign);
  const values = foreign.readout.c.shape[0]!;
  const model = findModel(name).build(options, { channels: [], features: foreign.features, answers: 0, values });
  const given = input("x", extents);
  const P = parameterInputs(model);
  const ours = [false, true].flatMap((isSwapped) => {
    const read = isSwapped ? transpose(given, [1, 0, 2]) : given;
    const { logits } = model.apply(P, read);
    return [logits, transpose(logits, [1, 0, 2])];
  });
  const all = program("ours", { ...P, x: given }, Object.fromEntries(ours.map((logits, k) => [`${k}`, logits])));
  const made = Object.values(compileReference(all).run({ ...foreignParameters(foreign, model), x: numbers }));
  if (made.some((one) => isNear(one, output!))) return;
  throw new LonghandError(
    "format",
    "ONNX: the file computes something else at each step than its recurrent layers and readout do",
  );
}

/** Equal in all but a last axis of extent 1 that one of them may not have. */
function isNear(a: NDArray, b: NDArray): boolean {
  const shape = (array: NDArray) => array.shape.join().replace(/,1$/, "");
  if (shape(a) !== shape(b)) return false;
  return a.data.every((value, k) => Math.abs(value - b.data[k]!) <= TOLERANCE * Math.max(1, Math.abs(value)));
}
