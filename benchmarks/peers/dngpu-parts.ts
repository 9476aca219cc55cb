/** The case `dngpu-step` in the parts of a training by bins: 16 examples of one bin each, the most work first. */

import type { NDArray } from "../../src/graph/index.ts";
import { dngpuModel } from "../../src/models/index.ts";
import { randomSource } from "../../src/random/index.ts";
import { MASKS, positionsOf } from "../../src/training/bins/program.ts";
import { completeConfig, gradientProgram, layoutOf, type PartSource } from "../../src/training/index.ts";
import { type CaseFile, decodeFloats, decodeIntegers } from "../contract.ts";
import type { CaseParts } from "./steps.ts";

const CHUNK = 16;

function model(file: CaseFile) {
  const { maps, symbols, classes } = file.sizes as { maps: number; symbols: number; classes: number };
  const options = { maps, keep: file.constants.keep!, saturation: file.constants.saturationLimit! };
  return dngpuModel.build(options, { channels: [symbols], answers: classes });
}

/** The trainer's settings for the case. */
function configOf(file: CaseFile) {
  return completeConfig({ task: "binary-multiplication", model: { name: "dngpu", maps: file.sizes.maps } });
}

/** Our names of the case's parameters, in the order of our vector. */
const names = { E: "E", bE: "bE", Uu: "Ku", bu: "bu", Ur: "Kr", br: "br", Uc: "Kc", bc: "bc", O: "O", bO: "bO" };

/** Of a bin's batch the examples `first` … `first + 15`. Examples drop out, but for those of the steps that are checked. */
function sourceOf(file: CaseFile): PartSource {
  const { batch, longest, batches } = file.sizes as { batch: number; longest: number; batches: number };
  const bins = decodeIntegers(file.inputs.bins!.data);
  const lengths = decodeIntegers(file.inputs.lengths!.data);
  const symbols = decodeIntegers(file.inputs.symbols!.data);
  const answers = decodeIntegers(file.inputs.answers!.data);
  const network = model(file);
  const config = configOf(file);
  const width = network.dropout!.width;
  const random = randomSource(1);
  const ones = new Float32Array(MASKS * CHUNK * width).fill(1);
  return {
    kind: ({ length }) => `${length}`,
    program: ({ length }) => gradientProgram(network, config, length, CHUNK),
    inputs({ step }, { length, first }) {
      const input = new Int32Array(CHUNK * length).fill(-1);
      const target = new Int32Array(CHUNK * length).fill(-1);
      const start = ((step % batches) * bins.length + bins.indexOf(length)) * batch;
      let asked = 0;
      let askedOfAll = 0;
      for (let k = 0; k < batch; k++) {
        const own = lengths[start + k]!;
        askedOfAll += own;
        if (k < first || k >= first + CHUNK) continue;
        asked += own;
        for (let i = 0; i < own; i++) {
          input[(k - first) * length + i] = symbols[(start + k) * longest + i]!;
          target[(k - first) * length + i] = answers[(start + k) * longest + i]!;
        }
      }
      const stream = random.stream("dropout", step, length, first);
      const drops = step >= file.checkedSteps;
      const pool = drops ? stream.mask(new Float32Array(MASKS * CHUNK * width), file.constants.keep!) : ones;
      const positions = positionsOf(length);
      const rows = stream.integers(new Int32Array((length + 1) * positions), 0, MASKS);
      return {
        share: asked / askedOfAll / bins.length,
        arrays: {
          symbols: { dtype: "int", shape: [CHUNK, length, 1], data: input },
          targets: { dtype: "int", shape: [CHUNK, length], data: target },
          "weight saturation": floats(Float32Array.of(costWeight(file, bins.length)), []),
          pool: floats(pool, [MASKS, CHUNK * width]),
          rows: { dtype: "int", shape: [length + 1, positions], data: rows },
        },
      };
    },
  };
}

/** Weight of a part's saturation cost. */
function costWeight(file: CaseFile, bins: number): number {
  return ((CHUNK / file.sizes.batch!) * file.constants.saturationWeight!) / bins;
}

function floats(data: Float32Array, shape: readonly number[] = [data.length]): NDArray {
  return { dtype: "float", shape, data };
}

export function dngpuParts(file: CaseFile): CaseParts {
  const bins = decodeIntegers(file.inputs.bins!.data);
  const config = configOf(file);
  const layout = layoutOf(model(file).parameters);
  const parameters = new Float32Array(layout.size);
  const nameOf = (name: string) => names[name as keyof typeof names];
  for (const { name, start } of layout.parts) parameters.set(decodeFloats(file.parameters[nameOf(name)]!.data), start);
  const parts = [...bins]
    .sort((a, b) => b - a)
    .flatMap((length) =>
      Array.from({ length: file.sizes.batch! / CHUNK }, (_, k) => ({ length, first: k * CHUNK, count: CHUNK })),
    );
  const random = randomSource(2);
  const learningRate = file.constants.learningRate!;
  const noise = new Float32Array(layout.size);
  return {
    source: sourceOf(file),
    config,
    parameters,
    slots: { v: file.constants.firstLargest! },
    step(t) {
      const drops = t >= file.checkedSteps;
      if (drops) random.stream("noise", t).truncatedNormal(noise);
      return {
        ...{ step: t, parts, weights: {} },
        scalars: { learningRate, gradientNoiseScale: drops ? file.constants.noise! * learningRate : 0 },
        noise: { gradientNoise: floats(noise) },
      };
    },
    loss: ({ share, loss, costs }) => share * loss + costWeight(file, bins.length) * costs.saturation!,
    named: (all) =>
      Object.fromEntries(layout.parts.map(({ name, start, end }) => [nameOf(name), all.slice(start, end)])),
  };
}
