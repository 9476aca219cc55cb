import { describe, expect, test } from "vitest";
import { ndarray, replaceInputs, type Tensor, tanh } from "../../graph/index.ts";
import { randomSource } from "../../random/index.ts";
import { importModel } from "../../runtime/onnx/import.ts";
import { decodeModel } from "../../runtime/onnx/proto.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { feedforwardProgram, recurrentProgram, unfoldingEquivalence } from "./equivalence.ts";
import { drawnParameters, type NamedNetworkOptions, namedNetwork, unfoldableNames } from "./named.ts";
import { compareGraphs } from "./normal-form.ts";
import { unfoldedOnnx } from "./onnx.ts";
import { unfold } from "./unfold.ts";

const kinds: [name: string, options: NamedNetworkOptions][] = [
  ...unfoldableNames.map((name): [string, NamedNetworkOptions] => [name, {}]),
  ["rnn", { hidden: [3, 2], output: 2 }],
  ["gru", { model: { learnedState: true } }],
  ["stack", { model: { feedback: true } }],
  ["ilrnn", { hidden: [3, 2], output: 2, model: { activation: "step" } }],
  ["lstm", { readout: "none", model: { gate: "hard-sigmoid" } }],
];

describe("the unfolded network is the recurrence written out", () => {
  test.each(kinds)("%s %j", (name, options) => {
    const network = namedNetwork(name, options);
    for (const steps of [1, 2, 5]) {
      const { graphs, draws, equal } = unfoldingEquivalence(network, { steps, draws: 3 });
      expect(graphs).toEqual({ isSame: true, operations: [graphs.common, graphs.common], common: graphs.common });
      expect(graphs.common).toBeGreaterThan(3);
      expect([draws, equal]).toEqual([3, 3]);
      const { output } = unfold(network, { steps });
      expect(hasScan(network, steps)).toEqual([true, false]);
      expect(output.shape).toEqual(["batch", network.readout?.units ?? network.cell.output]);
    }
  });
});

/** Whether the recurrent and the feedforward program have a recurrence in them. */
function hasScan(network: Parameters<typeof recurrentProgram>[0], steps: number): boolean[] {
  const programs = [recurrentProgram(network, steps), feedforwardProgram(unfold(network, { steps }))];
  return programs.map(({ outputs }) => {
    const open = Object.values(outputs);
    for (const { node } of open) {
      if (node.kind === "scan") return true;
      open.push(...node.inputs.filter((tensor) => !open.includes(tensor)));
    }
    return false;
  });
}

test("a network unfolded otherwise is told apart", () => {
  const network = namedNetwork("rnn");
  const right = unfold(network, { steps: 3 });
  const [first, second] = right.inputs as [Tensor, Tensor, Tensor];
  const swapped = replaceInputs(
    [right.output],
    new Map([
      [first, second],
      [second, first],
    ]),
  );
  expect(compareGraphs([right.output], swapped).isSame).toBe(false);
  const square = unfold(namedNetwork("rnn", { input: 3 }), { steps: 3 });
  const { parameters } = square;
  const otherWeights = replaceInputs([square.output], new Map([[parameters.W!, parameters.U!]]));
  expect(compareGraphs([square.output], otherWeights).isSame).toBe(false);
  expect(compareGraphs([right.output], [tanh(right.output)])).toMatchObject({
    isSame: false,
    missing: "Tanh [batch, 1]",
  });
  const fewer = unfold(network, { steps: 2 });
  expect(compareGraphs([right.output], [fewer.output]).isSame).toBe(false);
});

describe("as ONNX", () => {
  test.each(["rnn", "lstm", "gru"])("%s: no Scan, each weight once, the values of the recurrence", (name) => {
    const network = namedNetwork(name, { hidden: 4, output: 2 });
    const steps = 4;
    const parameters = drawnParameters(network, 3);
    const bytes = unfoldedOnnx(unfold(network, { steps }), parameters, { cell: name });
    const model = decodeModel(bytes);
    expect(model.graph.nodes.map(({ opType }) => opType)).not.toContain("Scan");
    expect(model.graph.inputs.map((each) => each.name)).toEqual(["x_1", "x_2", "x_3", "x_4"]);
    expect(model.metadata.cell).toBe(name);
    const weights = model.graph.initializers.map((each) => each.name);
    for (const parameter of Object.keys(parameters))
      expect(weights.filter((each) => each === parameter)).toHaveLength(1);

    const stream = randomSource(5).stream("onnx");
    const x = ndarray(stream.normal(new Float64Array(steps * 3 * 2), 0, 1), [steps, 3, 2]);
    const rows = Object.fromEntries(
      Array.from({ length: steps }, (_, k) => [
        `x_${k + 1}`,
        ndarray(x.data.slice(6 * k, 6 * k + 6) as Float64Array, [3, 2]),
      ]),
    );
    const file = compileReference(importModel(model)).run(rows).y!;
    const wanted = compileReference(recurrentProgram(network, steps)).run({ ...parameters, x }).y!;
    expect(file.shape).toEqual([3, 2]);
    // Weights are rounded to 32 bits in the file.
    wanted.data.forEach((value, k) => {
      expect(Math.abs(file.data[k]! - value)).toBeLessThan(1e-6);
    });
  });

  test("what isn't used at one step isn't in the file", () => {
    const network = namedNetwork("rnn");
    const model = decodeModel(unfoldedOnnx(unfold(network, { steps: 1 }), drawnParameters(network)));
    expect(model.graph.initializers.map((each) => each.name)).not.toContain("U");
  });
});
