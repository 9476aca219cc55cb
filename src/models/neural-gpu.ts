/** The first Neural GPU (Kaiser and Sutskever, arXiv:1511.08228): gated convolutions over a grid, a step for each symbol. */
import * as z from "zod";
import { cgru, type ParameterSpec, type Tensors, uniformByFanIn, zeros } from "../cells/index.ts";
import {
  add,
  elements,
  equal,
  expose,
  gather,
  matmul,
  mul,
  type NDArray,
  oneHot,
  pad,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  scan,
  slice,
  sub,
  type Tensor,
  tanh,
  transpose,
  where,
} from "../graph/index.ts";
import { chosenMasks } from "./dropout.ts";
import { logitCount } from "./encode.ts";
import { defineModel } from "./model.ts";
import { oneChannel, positions } from "./sequences.ts";

export const neuralGpuModel = defineModel({
  name: "neural-gpu",
  summary: "first Neural GPU: a grid of gated convolutional units with relaxed sharing, as many steps as symbols",
  source: "arXiv:1511.08228; papers/003, section 2",
  options: z.strictObject({
    /** Numbers at each place of the grid, m. */
    maps: z.int().min(1).default(24),
    /** Places of the grid at each position. */
    rows: z.int().min(1).default(4),
    /** Sets of parameters that the steps take in turn; 1: all steps share theirs. */
    sets: z.int().min(1).default(6),
    /** Gated units, one after the other in each step. */
    units: z.int().min(1).default(2),
    /** Gates that reach 0 and 1; false: σ alone. */
    cutoff: z.boolean().default(true),
    /** Rate d of dropout at length 8: d · 8/length of the whole state before each step. */
    dropout: z.number().min(0).lt(1).default(0.09),
  }),
  make({ maps, rows, sets, units, cutoff, dropout: rate }, { channels, answers }) {
    const symbols = oneChannel("neural-gpu", channels);
    const classes = logitCount(answers);
    const cell = cgru({ maps, rows, cutoff });
    const width = rows * maps;
    const square: ParameterSpec = { shape: [maps, maps], initial: uniformByFanIn(maps) };
    const inSets = ({ shape, initial }: ParameterSpec): ParameterSpec => ({ shape: [sets, ...shape], initial });
    const unitNumbers = Array.from({ length: units }, (_, unit) => unit + 1);
    // Uu1 … bc1 of the first unit, Uu2 … bc2 of the second, …: each with an axis of sets in front.
    const shared = Object.fromEntries(
      unitNumbers.flatMap((unit) =>
        Object.entries(cell.parameters).map(([name, spec]) => [`${name}${unit}`, inSets(spec)] as const),
      ),
    );
    const sharedNames = Object.keys(shared);
    return {
      parameters: {
        E: { shape: [symbols - 1, maps], initial: uniformByFanIn(1, EMBEDDING) },
        I: square,
        bI: { shape: [maps], initial: zeros },
        ...shared,
        O: { shape: [maps, classes], initial: uniformByFanIn(maps) },
        bO: { shape: [classes], initial: zeros },
      },
      state: {},
      width,
      directions: new Array<0>(width).fill(0),
      ...(rate > 0 && { dropout: { width, keep: (length) => Math.max(LEAST_KEPT, 1 - (rate * 8) / length) } }),
      ...(sets > 1 && {
        joinSets: (arrays) => ({
          ...arrays,
          ...Object.fromEntries(sharedNames.map((name) => [name, withMeans(arrays[name]!, sets)])),
        }),
      }),
      apply(P, given, { dropout } = {}) {
        const { batch, time, length, ids, mask, evenly, own } = positions(given);
        // The symbol 0 is the blank: it has no embedding.
        const embedding = matmul(oneHot(sub(ids, 1), symbols - 1), P.E!);
        const input = evenly(add(matmul(tanh(embedding), P.I!), P.bI!));
        const first = pad(mul(input, mask), { axis: -1, after: width - maps });
        // Each set as one row: the derivative chooses long rows again rather than keep them.
        const chosen = (all: Tensor, set: Tensor) => {
          const shape = all.shape.slice(1);
          return reshape(gather(reshape(all, [sets, elements(shape)]), set), shape);
        };
        const ofSet = (unit: number, set: Tensor) =>
          Object.fromEntries(Object.keys(cell.parameters).map((name) => [name, chosen(P[`${name}${unit}`]!, set)]));
        let inner: ReturnType<typeof cell.step> | undefined;
        const unrolled = scan<string, string>({
          name: "neural-gpu",
          steps: time,
          state: { s: first, set: scalar(0, "int") },
          sequences: dropout ? { masks: slice(dropout.rows, { axis: 0, end: time }) } : {},
          step({ s, set }, { masks }) {
            let state = masks ? mul(s!, chosenMasks(dropout!, masks, [length, batch, width])) : s!;
            for (const unit of unitNumbers) {
              inner = cell.step(ofSet(unit, set!), state, { mask });
              state = inner.state;
            }
            const following = add(set!, 1);
            return { state: { s: state, set: where(equal(following, sets), 0, following) } };
          },
        });
        const final = own(unrolled.state.s!);
        const read = (state: Tensor) => add(matmul(slice(state, { axis: -1, end: maps }), P.O!), P.bO!);
        const logits = transpose(read(final), [1, 0, 2]);
        return {
          logits,
          outputs: logits,
          final: { s: final },
          read,
          ...(sets > 1 && { costs: { sharing: sharing(sharedNames.map((name) => P[name]!)) } }),
          // The gates are those of the last unit.
          trace(): Tensors {
            const values = (tensor: Tensor) => slice(expose(unrolled.node, tensor), { axis: 1, end: time });
            const { update, reset } = inner!.gates;
            return {
              start: own(first),
              state: values(inner!.state),
              update: values(update),
              reset: values(reset),
            };
          },
        };
      },
    };
  },
});

/** Embeddings begin uniform on ± this. */
const EMBEDDING = 1.7;
/** At the shortest lengths, where d · 8/length leaves nothing, half of the state is kept. */
const LEAST_KEPT = 0.5;

/** Σ ‖θ_i − mean‖² over tensors [sets, …]. */
function sharing(parameters: readonly Tensor[]): Tensor {
  const apart = parameters.map((theta) => sub(theta, reduceMean(theta, { axes: [0], keepDimensions: true })));
  return apart.map((d) => reduceSum(mul(d, d))).reduce((sum, next) => add(sum, next));
}

/** An array [sets, …] with the mean of the sets in place of each. */
function withMeans({ dtype, shape, data }: NDArray, sets: number): NDArray {
  const size = data.length / sets;
  const joined = data.slice();
  for (let k = 0; k < size; k++) {
    let sum = 0;
    for (let set = 0; set < sets; set++) sum += data[set * size + k]!;
    for (let set = 0; set < sets; set++) joined[set * size + k] = sum / sets;
  }
  return { dtype, shape, data: joined };
}
