/** `longhand unroll` */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import {
  type ActivationName,
  activation,
  describeTrained,
  drawnParameters,
  LonghandError,
  type NDArray,
  namedNetwork,
  networkOfModel,
  type RecurrentNetwork,
  replicaOf,
  unfold,
  unfoldableNames,
  unfoldedFormula,
  unfoldedOnnx,
  unfoldedPicture,
  unfoldedStructure,
  unfoldingEquivalence,
  unknownName,
} from "../src/index.ts";
import { openTrained } from "../src/node.ts";
import { historyOf } from "./network.ts";
import {
  collect,
  flagOf,
  previousCheckpointOption,
  readSettings,
  replicaOption,
  wholeNumber,
  wholeNumbers,
} from "./options.ts";
import type { Output } from "./output.ts";
import { printLatex, printUnfolding, type Unrolled } from "./unroll-page.ts";
import { writeOutput } from "./write-files.ts";

const forms = ["sums", "matrix", "scalar"] as const;
const indexNames = ["sheet", "distinct"] as const;
const initials = ["zero", "symbolic"] as const;

interface UnrollOptions {
  steps: number;
  input?: number;
  hidden?: readonly number[];
  output?: number;
  readout?: string;
  set?: readonly string[];
  form: string;
  indices?: string;
  thresholds?: boolean;
  initial: string;
  expand?: boolean;
  derivation?: boolean;
  latex?: boolean;
  file?: string;
  seed?: number;
  replica?: number;
  previousCheckpoint?: boolean;
}

export function addUnroll(program: Command, output: () => Output): void {
  program
    .command("unroll")
    .summary("a recurrent network unfolded in time: its formula, its feedforward equivalent")
    .description(
      "Unfolds a recurrent network in time (papers/002, exercise 1): its output at the last step in terms of weights and inputs, " +
        "and the feedforward network that computes the same, as a picture or an ONNX file.",
    )
    .argument("<network>", `a cell: ${unfoldableNames.join(", ")}; or a run's folder`)
    .requiredOption("--steps <n>", "time steps", wholeNumber("--steps", 1))
    .option("--input <n>", "features of a cell's input (default: 2; in scalar form 1)", wholeNumber("--input", 1))
    .option(
      "--hidden <list>",
      "units of its hidden layers, as in 3 or 3,2 (default: 3; in scalar form 1)",
      wholeNumbers("--hidden", 1),
    )
    .option("--output <n>", "output units (default: 1)", wholeNumber("--output", 1))
    .option("--readout <activation>", "of the output units, or none (default: by cell; of a run identity)")
    .option("--set <key=value>", "an option of the cell, as in model.gate=hard-sigmoid; may come often", collect)
    .option("--form <name>", forms.join(", "), "sums")
    .option("--indices <name>", "in sums: sheet, as papers/002 names them, or distinct (default: by cell)")
    .addOption(new Option("--thresholds", "with the biases of units (default: not in sums)"))
    .addOption(new Option("--no-thresholds", "without them"))
    .option("--initial <name>", "state before the first step: zero, which drops out, or symbolic", "zero")
    .option("--expand", "put the equations of gates in, too")
    .option("--derivation", "one substitution after the other")
    .option("--latex", "as LaTeX")
    .option("-o, --file <file>", "write the feedforward network, ending in .svg or .onnx")
    .option(
      "--seed <n>",
      "of the weights in an .onnx file, of a cell that isn't trained (default: 1)",
      wholeNumber("--seed", 0),
    )
    .addOption(replicaOption)
    .addOption(previousCheckpointOption)
    .action(async (text: string, options: UnrollOptions) => {
      process.exitCode = await unrollVerb(text, options, output());
    });
}

async function unrollVerb(text: string, options: UnrollOptions, output: Output): Promise<number> {
  const { steps, file } = options;
  const form = oneOf("form", options.form, forms);
  const indices = options.indices === undefined ? undefined : oneOf("indices", options.indices, indexNames);
  const initial = oneOf("initial state", options.initial, initials);
  if (file !== undefined && !/\.(svg|onnx)$/.test(file)) {
    throw new LonghandError("argument", `unroll: received "${file}", expected a name ending in .svg or .onnx`);
  }
  const { network, parameters, origin, metadata } = await networkFor(text, options, form === "scalar");
  const formula = unfoldedFormula(network, {
    ...{ steps, form, initial, style: options.latex ? "latex" : "text" },
    ...(indices !== undefined && { indices }),
    ...(options.thresholds !== undefined && { thresholds: options.thresholds }),
    ...(options.expand && { expand: true }),
    ...(options.derivation && { derivation: true }),
  });
  const unfolding = unfold(network, { steps });
  const structure = unfoldedStructure(unfolding);
  const equivalence = unfoldingEquivalence(network, { steps });
  if (file !== undefined) {
    const title = `${network.cell.name} unfolded over ${steps} time step${steps === 1 ? "" : "s"}`;
    const data = file.endsWith(".svg")
      ? unfoldedPicture(structure, { title, ...(origin !== undefined && { subtitle: origin }) })
      : unfoldedOnnx(unfolding, parameters(), metadata);
    await writeOutput(file, data);
  }
  const isEqual = equivalence.graphs.isSame && equivalence.equal === equivalence.draws;
  const found: Unrolled = {
    network,
    steps,
    origin,
    formula,
    structure,
    equivalence,
  };
  if (options.latex) printLatex(found, output);
  else printUnfolding(found, output);
  if (file !== undefined) output.print(`\n${file}: the feedforward network`);
  output.result(asJson(text, found, file));
  return isEqual ? 0 : 1;
}

/** A network, its weights, and where it comes from. */
interface Chosen {
  readonly network: RecurrentNetwork;
  parameters(): Readonly<Record<string, NDArray>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Of a trained one, in words. */
  readonly origin?: string;
}

async function networkFor(text: string, options: UnrollOptions, isScalar: boolean): Promise<Chosen> {
  const { readout, seed } = options;
  if (readout !== undefined && readout !== "none") activation(readout);
  const isCell = unfoldableNames.includes(text);
  const isRun = !isCell && existsSync(text);
  const only = (names: readonly (keyof UnrollOptions)[], what: string) => {
    const wrong = names.find((name) => options[name] !== undefined);
    if (wrong) throw new LonghandError("argument", `unroll: ${flagOf(wrong)} goes with ${what}, not with ${text}`);
  };
  if (isRun) {
    only(["input", "hidden", "output", "set", "seed"], "the name of a cell");
    if (readout === "none")
      throw new LonghandError(
        "argument",
        `--readout: received none, expected an activation: ${text} has an output layer`,
      );
    const trained = await openTrained(text, { previous: options.previousCheckpoint ?? false });
    const { replica, parameters } = replicaOf(trained, options.replica);
    return {
      network: networkOfModel(trained.model, readout as ActivationName | undefined),
      parameters: () => parameters,
      metadata: describeTrained(trained, replica),
      origin: `${trained.task.name}, ${historyOf(trained)}`,
    };
  }
  if (!isCell && /[/\\.]/.test(text)) throw new LonghandError("file", `unroll: there is no folder ${text}`);
  if (!isCell) throw unknownName("cell", text, unfoldableNames);
  only(["replica", "previousCheckpoint"], "a run");
  const { model, ...others } = readSettings(options.set ?? []) as { model?: Record<string, unknown> };
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new LonghandError(
      "argument",
      `--set: received "${other}", expected an option of the cell, as in model.gate=hard-sigmoid`,
    );
  }
  const size = isScalar ? 1 : undefined;
  const sizes = { input: options.input ?? size, hidden: options.hidden ?? size, output: options.output };
  const network = namedNetwork(text, {
    ...(sizes.input !== undefined && { input: sizes.input }),
    ...(sizes.hidden !== undefined && { hidden: sizes.hidden }),
    ...(sizes.output !== undefined && { output: sizes.output }),
    ...(readout !== undefined && { readout: readout as ActivationName | "none" }),
    ...(model && { model }),
  });
  return {
    network,
    parameters: () => drawnParameters(network, seed),
    metadata: { cell: text, seed: String(seed ?? 1) },
  };
}

function oneOf<Name extends string>(what: string, received: string, known: readonly Name[]): Name {
  const found = known.find((name) => name === received);
  if (found === undefined) throw unknownName(what, received, known);
  return found;
}

function asJson(
  text: string,
  { network, steps, origin, formula, structure, equivalence }: Unrolled,
  file?: string,
): object {
  const { derivation, ...rest } = formula;
  const { layers, connections, weights, counts } = structure;
  const { graphs, draws, equal } = equivalence;
  return {
    network: text,
    cell: network.cell.name,
    readout: network.readout ?? null,
    ...(origin !== undefined && { origin }),
    steps,
    ...rest,
    formula: derivation.at(-1),
    derivation,
    counts,
    layers,
    connections,
    weights,
    equivalence: {
      operations: graphs.operations[1],
      corresponding: graphs.common,
      isSame: graphs.isSame,
      draws,
      equal,
    },
    ...(file !== undefined && { file }),
  };
}
