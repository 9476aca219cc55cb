/** The improved Neural GPU (papers/003): as many steps of one gated convolutional unit as the problem has symbols. */
import * as z from "zod";
import { dcgru, gateDirections, glorot, saturation, zeros } from "../cells/index.ts";
import {
  add,
  div,
  expose,
  hardTanh,
  matmul,
  mul,
  oneHot,
  scalar,
  scan,
  slice,
  squeeze,
  type Tensor,
  tanh,
  transpose,
} from "../graph/index.ts";
import { chosenMasks } from "./dropout.ts";
import { logitCount } from "./encode.ts";
import { extent } from "./extent.ts";
import { defineModel } from "./model.ts";
import { oneChannel, positions } from "./sequences.ts";

export const dngpuModel = defineModel({
  name: "dngpu",
  summary: "improved Neural GPU: hard functions with saturation cost, diagonal gates, as many steps as symbols",
  source: "papers/003",
  options: z.strictObject({
    /** Numbers at each position, m. */
    maps: z.int().min(3).default(96),
    /** Hard sigmoid and hard tanh; false: σ and tanh, without saturation cost. */
    hard: z.boolean().default(true),
    /** Gates from the neighbours for two thirds of the maps; false: all gates from the same position. */
    diagonal: z.boolean().default(true),
    /** Pre-activations beyond ±limit cost; null: none do. */
    saturation: z.number().gt(0).max(1).nullable().default(0.9),
    /** Where dropout acts: on the candidate and the embedded input, on the whole state after each step, or nowhere. */
    dropout: z.enum(["candidate", "state", "none"]).default("candidate"),
    /** Probability with which dropout keeps a number. */
    keep: z.number().gt(0).max(1).default(0.9),
  }),
  make(options, { channels, answers }) {
    const { maps } = options;
    const symbols = oneChannel("dngpu", channels);
    const classes = logitCount(answers);
    const cell = dcgru(options);
    const limit = options.hard ? options.saturation : null;
    const isDropped = options.dropout !== "none" && options.keep < 1;
    return {
      parameters: {
        E: { shape: [symbols, maps], initial: glorot },
        bE: { shape: [maps], initial: zeros },
        ...cell.parameters,
        O: { shape: [maps, classes], initial: glorot },
        bO: { shape: [classes], initial: zeros },
      },
      state: {},
      width: maps,
      directions: gateDirections(maps, options.diagonal),
      ...(isDropped && { dropout: { width: maps, keep: () => options.keep } }),
      apply(P, given, { dropout } = {}) {
        const { batch, time, length, ids, mask, evenly, own } = positions(given);
        const factors = (rows: Tensor) => chosenMasks(dropout!, rows, [length, batch, maps]);
        const row = (rows: Tensor) => squeeze(slice(rows, { axis: 0, end: 1 }), [0]);
        const z0 = add(matmul(evenly(oneHot(ids, symbols)), P.E!), P.bE!);
        const embedded = mul((options.hard ? hardTanh : tanh)(z0), mask);
        const first = dropout ? mul(embedded, factors(row(dropout.rows))) : embedded;
        const cost = (z: Tensor) => (limit === null ? scalar(0) : saturation(own(z), limit));
        let inner: ReturnType<typeof cell.step> | undefined;
        const unrolled = scan<string, string>({
          name: "dcgru",
          steps: time,
          state: { s: first, cost: mul(cost(z0), extent(time)) },
          sequences: dropout ? { rows: slice(dropout.rows, { axis: 0, start: 1 }) } : {},
          step({ s, cost: total }, { rows }) {
            const drop = rows ? factors(rows) : undefined;
            const onCandidate = drop && options.dropout === "candidate" ? { dropout: drop } : {};
            inner = cell.step(P, s!, { mask, ...onCandidate });
            const next = drop && options.dropout === "state" ? mul(inner.state, drop) : inner.state;
            const { gates, candidate } = inner.preactivations;
            return { state: { s: next, cost: add(total!, cost(gates!), cost(candidate!)) } };
          },
        });
        const final = own(unrolled.state.s!);
        const read = (state: Tensor) => add(matmul(state, P.O!), P.bO!);
        const logits = transpose(read(final), [1, 0, 2]);
        return {
          logits,
          outputs: logits,
          final: { s: final },
          read,
          ...(limit !== null && { costs: { saturation: div(unrolled.state.cost!, extent(time, time, batch)) } }),
          trace: () => {
            const values = (tensor: Tensor) => slice(expose(unrolled.node, tensor), { axis: 1, end: time });
            const { update, reset } = inner!.gates;
            return {
              start: own(first),
              state: values(inner!.state),
              update: values(update!),
              reset: values(reset!),
            };
          },
        };
      },
    };
  },
});
