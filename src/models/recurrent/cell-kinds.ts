/** The cells that recurrent networks are made of, by the names and options that configurations use. */
import * as z from "zod";
import {
  type ActivationName,
  activationNames,
  type Cell,
  constantInitializer,
  dcm,
  gru,
  gruResetBefore,
  type Initializer,
  initializerNames,
  kumar,
  lstm,
  lstmPeephole,
  lstmSigmoid,
  namedInitializer,
  rnn,
  rnnPreactivation,
  uniformByFanIn,
} from "../../cells/index.ts";

/** What every kind of cell can be told. */
const common = {
  /** How the weight matrices begin. */
  initial: z.enum([...initializerNames, "kumar"]).default("uniform"),
  /** What "constant" fills in. */
  initialValue: z.number().default(0),
};

const functionName = z.enum(activationNames);

/** Options of cells with a state c. The biases of the forget gate begin at 1 (Jozefowicz et al. 2015). */
const lstmOptions = (squashing: ActivationName) => ({
  ...common,
  /** Of the gates. */
  gate: functionName.default("sigmoid"),
  /** Of what is written into the cell. */
  candidate: functionName.default(squashing),
  /** Of the cell's state on its way out; "identity": none. */
  squash: functionName.default(squashing),
  /** What the biases of the gates begin at. */
  biases: z
    .strictObject({
      i: z.number().default(0),
      f: z.number().default(1),
      g: z.number().default(0),
      o: z.number().default(0),
    })
    .prefault({}),
});

const gruOptions = {
  ...common,
  gate: functionName.default("sigmoid"),
  candidate: functionName.default("tanh"),
  biases: z.strictObject({ r: z.number().default(0), z: z.number().default(0), n: z.number().default(0) }).prefault({}),
};

const rnnOptions = { ...common, activation: functionName.default("tanh") };

/** A kind of cell: its options, and how one of a given width is made. */
export interface CellKind {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly options: z.ZodRawShape;
  make(input: number, hidden: number, options: CellSettings): Cell;
}

/** Checked options of any kind of cell. */
export interface CellSettings {
  readonly initial: (typeof initializerNames)[number] | "kumar";
  readonly initialValue: number;
  readonly activation?: ActivationName;
  readonly gate?: ActivationName;
  readonly candidate?: ActivationName;
  readonly squash?: ActivationName;
  readonly biases?: Readonly<Record<string, number>>;
}

/** How a matrix begins, and whatever else isn't the cell's own choice. @param reads the activation of its units. */
export function matrixInitializer(
  { initial, initialValue }: Pick<CellSettings, "initial" | "initialValue">,
  reads: ActivationName,
): Initializer | undefined {
  return initial === "kumar" ? kumar(reads) : namedInitializer(initial, initialValue);
}

/** The initializers of a cell's parameters that its options choose. */
function initializers(names: readonly string[], options: CellSettings): Record<string, Initializer> {
  const { gate = "sigmoid", candidate = "tanh", activation, biases = {} } = options;
  const chosen: Record<string, Initializer> = {};
  for (const name of names) {
    const letter = name.slice(1);
    if (/^[WU]/.test(name)) {
      const reads = activation ?? (letter === "g" || letter === "n" ? candidate : gate);
      const matrix = matrixInitializer(options, reads);
      if (matrix) chosen[name] = matrix;
    } else if (name.startsWith("b") && biases[letter]) chosen[name] = constantInitializer(biases[letter]);
  }
  return chosen;
}

/** A cell by its function, with the functions and initial values that its options choose. */
function maker(make: (given: { input: number; hidden: number }) => Cell): CellKind["make"] {
  return (input, hidden, options) => {
    const { initial: _, initialValue: __, biases: ___, ...functions } = options;
    const sizes = { input, hidden, ...functions };
    return make({ ...sizes, initial: initializers(Object.keys(make(sizes).parameters), options) } as typeof sizes);
  };
}

const sourceOfLstm = "papers/004, eq. 9–14; Hochreiter and Schmidhuber 1997";

export const cellKinds: readonly CellKind[] = [
  {
    name: "rnn",
    summary: "Elman's recurrent layer, h_t = φ(x_t W + h_{t−1} U + b)",
    source: "papers/004, section 2.2; papers/002, eq. 1",
    options: rnnOptions,
    make: maker(rnn),
  },
  {
    name: "rnn-preactivation",
    summary: "recurrent layer whose state is before its function, h_t = φ(h_{t−1}) U + x_t W + b",
    source: "papers/004, eq. 4; Pascanu, Mikolov and Bengio 2013",
    options: rnnOptions,
    make: maker(rnnPreactivation),
  },
  {
    name: "lstm",
    summary: "long short-term memory",
    source: sourceOfLstm,
    options: lstmOptions("tanh"),
    make: maker(lstm),
  },
  {
    name: "lstm-peephole",
    summary: "long short-term memory whose gates see the cell",
    source: "papers/004, section 3.2; Gers and Schmidhuber 2000",
    options: lstmOptions("tanh"),
    make: maker(lstmPeephole),
  },
  {
    name: "lstm-sigmoid",
    summary: "long short-term memory that squashes with σ",
    source: "papers/002, eq. 16–18",
    options: lstmOptions("sigmoid"),
    make: maker(lstmSigmoid),
  },
  {
    name: "dcm",
    summary: "dynamic cortex memory: peepholes, and gates that see each other",
    source: "papers/004, section 3.2; Otte, Liwicki and Zell 2014",
    options: lstmOptions("tanh"),
    make: maker(dcm),
  },
  {
    name: "gru",
    summary: "gated recurrent unit, reset gate after the recurrent product",
    source: "papers/004, section 3.2; Cho et al. 2014, arXiv v1",
    options: gruOptions,
    make: maker(gru),
  },
  {
    name: "gru-reset-before",
    summary: "gated recurrent unit, reset gate before the recurrent product",
    source: "papers/004, section 3.2; Cho et al. 2014, arXiv v3",
    options: gruOptions,
    make: maker(gruResetBefore),
  },
];

/** How the readout begins: as the matrices of the top layer, or uniform by its own fan-in. */
export function readoutInitializer(options: Pick<CellSettings, "initial" | "initialValue">): Initializer {
  return matrixInitializer(options, "identity") ?? uniformByFanIn();
}
