/** A trained network as a file for other tools. */
import { encodeSafetensors } from "../files/index.ts";
import { applyProgram, type Signature } from "../models/index.ts";
import { writeTorch } from "../networks/index.ts";
import { type LoweringOptions, lower } from "../runtime/onnx/lowering.ts";
import { encodeModel } from "../runtime/onnx/proto.ts";
import { VERSION } from "../version.ts";
import { replicaOf, type Trained } from "./trained.ts";

/**
 * The network of one replica as an ONNX model (operator set 17), with batch and length open.
 *
 * Input `symbols` int32 [batch, time, channels]; outputs `answer` int32 [batch, time], the answer's symbol at each step,
 * and `logits` float [batch, time, n] (n = 1 for two symbols: the answer is 1 where the logit is positive). Tasks of numbers:
 * `symbols` float [batch, time, features], no `answer`. Tasks with padding: `present` float [batch, time] too. The parameters
 * are constants of the model, rounded to 32 bits. Metadata: see `describeTrained`.
 * @param number of the replica, from 0. Default: the first that is solved.
 * @param recurrence "native" (default): by ONNX's RNN, LSTM and GRU where a layer is one of them, by Scan elsewhere;
 *   "scan": by Scan everywhere.
 * @returns the bytes of an `.onnx` file.
 */
export function exportOnnx(
  trained: Trained,
  number?: number,
  { recurrence = "native" }: Pick<LoweringOptions, "recurrence"> = {},
): Uint8Array {
  const { replica, parameters } = replicaOf(trained, number);
  const metadata = describeTrained(trained, replica);
  const doc =
    `${metadata.model} trained on ${metadata.task} (${trained.task.summary}). ` +
    [...inputsInWords(trained.model.signature), ...outputsInWords(trained.model.signature)].join("; ");
  const model = lower(applyProgram(trained.model), { doc, metadata, recurrence, constants: parameters });
  return encodeModel({ ...model, producerVersion: VERSION, graph: { ...model.graph, name: trained.task.name } });
}

function inputsInWords({ features, padded }: Signature): string[] {
  return [
    features === undefined
      ? "symbols: int32 [batch, time, channels], indices into the input alphabets"
      : "symbols: float [batch, time, features], numbers",
    ...(padded ? ["present: float [batch, time], 1 within a problem, 0 in the padding after its end"] : []),
  ];
}

function outputsInWords({ values }: Signature): string[] {
  if (values !== undefined) return ["logits: float [batch, time, values], numbers."];
  return ["answer: int32 [batch, time], indices into the output alphabet."];
}

/** Under which names parameters are written: the model's own, or those of PyTorch's modules (see `writeTorch`). */
export type ParameterNames = "own" | "pytorch";

/**
 * The parameters of one replica as a safetensors file, with the same metadata.
 * @param names default "own".
 * @throws LonghandError `unsupported` for PyTorch's names of a model that it has no module for.
 */
export function exportSafetensors(
  trained: Trained,
  number?: number,
  { names = "own" }: { readonly names?: ParameterNames } = {},
): Uint8Array {
  const { replica, parameters } = replicaOf(trained, number);
  const named = names === "pytorch" ? writeTorch(trained.model, parameters) : parameters;
  return encodeSafetensors(named, describeTrained(trained, replica));
}

/** What other tools need to know about a network to use it, as named texts; lists are JSON. */
export function describeTrained(trained: Trained, replica: number): Record<string, string> {
  const { task, config, run, step, origin } = trained;
  return {
    "longhand.version": VERSION,
    task: task.name,
    model: config.model.name,
    "model.options": JSON.stringify(config.model),
    "input.alphabets": JSON.stringify(task.channels),
    "output.alphabet": JSON.stringify(task.output),
    ...(task.order !== undefined && { "order.of.symbols": task.order }),
    seed: String(config.seed),
    run,
    replica: String(replica),
    "steps.trained": String(step),
    ...(origin !== undefined && { origin }),
    "trained.lengths": JSON.stringify(config.lengths),
  };
}
