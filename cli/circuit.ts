/** `longhand circuit` */
import type { Command } from "commander";
import { circuitFilm, circuitPicture, LonghandError, stepThrough, type Wiring, wiringOf } from "../src/index.ts";
import { type ChosenNetwork, chooseNetwork } from "./network.ts";
import { previousCheckpointOption, replicaOption, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { readProblemsWithMinus } from "./predict.ts";
import { table } from "./table.ts";
import { count, shortened } from "./words.ts";
import { writeOutput } from "./write-files.ts";

interface CircuitOptions {
  output?: string;
  step?: number;
  replica?: number;
  previousCheckpoint?: boolean;
}

export function addCircuit(program: Command, output: () => Output): void {
  const verb = program.command("circuit");
  readProblemsWithMinus(verb);
  verb
    .summary("draw an inter-layer recurrent network as a circuit")
    .description(
      "Draws an inter-layer recurrent network as the circuit that it is: a bias in each unit, a weight on each connection. With a problem: every activation at every step, as a table and as a film of circuits. A file that is there is replaced.",
    )
    .argument("<network>", "a run's folder, or the name of a network built by hand: see build")
    .argument("[input]", "a problem, as in 11+6")
    .option("-o, --output <file>", "ending in .svg (default: circuit.svg)")
    .option("--step <n>", "only this time step of the problem, from 1", wholeNumber("--step", 1))
    .addOption(replicaOption)
    .addOption(previousCheckpointOption)
    .action(async (text: string, input: string | undefined, options: CircuitOptions) => {
      await circuitVerb(text, input, options, output());
    });
}

async function circuitVerb(
  text: string,
  input: string | undefined,
  options: CircuitOptions,
  output: Output,
): Promise<void> {
  const { output: file = "circuit.svg", step } = options;
  if (!file.endsWith(".svg")) {
    throw new LonghandError("argument", `circuit: received "${file}", expected a name ending in .svg`);
  }
  if (step !== undefined && input === undefined) {
    throw new LonghandError("argument", `circuit: received --step ${step}, expected a problem too`);
  }
  const chosen = await chooseNetwork(text, options);
  const wiring = chosen.names ? wiringOf(chosen.network, chosen.names) : wiringOf(chosen.network);
  const { task } = chosen.network;
  const worked = input === undefined ? undefined : workOn(chosen, wiring, input, step);
  await writeOutput(file, worked?.svg ?? circuitPicture(wiring, { title: task.name, subtitle: chosen.origin }));
  if (worked) {
    for (const line of stepsTable(worked, output.width)) output.print(line);
    output.print();
  }
  output.print(`${file}: ${chosen.origin}`);
  output.result({
    network: text,
    replica: chosen.replica,
    task: task.name,
    file,
    wiring,
    ...(worked && { problem: worked.problem, answer: worked.answer, exact: worked.exact, steps: worked.columns }),
  });
}

/** A network's work on one problem. */
interface Work {
  readonly problem: string;
  readonly answer: string;
  readonly exact: string;
  readonly svg: string;
  /** Names of what the columns hold. */
  readonly names: readonly string[];
  /** What each step holds, from the input to the answer. */
  readonly columns: readonly {
    readonly step: number;
    readonly inputs: readonly number[];
    readonly units: readonly (readonly number[])[];
    readonly answer: string;
  }[];
}

function workOn({ network, origin }: ChosenNetwork, wiring: Wiring, input: string, only: number | undefined): Work {
  const { task } = network;
  const letters = task.parse(input);
  const made = stepThrough(network, letters);
  const count = made.answer.length;
  if (only !== undefined && only > count) {
    throw new LonghandError(
      "argument",
      `--step: received ${only}, expected 1 to ${count}: the steps of ${task.format(letters)}`,
    );
  }
  const channels = task.channels.length;
  const exact = task.solve(letters);
  const columns = Array.from({ length: count }, (_, t) => {
    const symbols = Array.from(letters.subarray(t * channels, (t + 1) * channels));
    const answer = exact[t]! < 0 ? "" : task.output[made.answer[t]!]!;
    return { step: t + 1, symbols, inputs: made.inputs[t]!, units: made.states[t]!, answer };
  });
  const frames = columns
    .filter(({ step }) => only === undefined || step === only)
    .map(({ step, symbols, inputs, units, answer }) => {
      const read = symbols.map((symbol, channel) => task.channels[channel]![symbol]).join(" + ");
      const caption = `step ${step}: ${read}${answer === "" ? "" : ` → ${answer}`}`;
      return { caption, inputs, units, before: made.states[step - 2] ?? made.initial };
    });
  const problem = task.format(letters);
  const answered = task.formatAnswer(made.answer, letters);
  return {
    problem,
    answer: answered,
    exact: task.formatAnswer(exact, letters),
    svg: circuitFilm(wiring, frames, { title: shortened(`${problem} = ${answered}`), subtitle: origin }),
    names: [...wiring.inputs, ...wiring.layers.flat().map(({ name }) => name), "answer"],
    columns: columns.map(({ symbols: _, ...rest }) => rest),
  };
}

/** Every activation at every step, a row a unit; steps that don't fit beside each other go on below. */
function stepsTable({ problem, answer, exact, names, columns }: Work, width: number): string[] {
  const cells = columns.map(({ inputs, units, answer }) => [
    ...[...inputs, ...units.flat()].map((value) => (Number.isInteger(value) ? String(value) : value.toFixed(2))),
    answer,
  ]);
  const widest = Math.max(...cells.flat().map((text) => text.length), String(columns.length).length);
  const first = Math.max(...names.map((name) => name.length));
  const across = Math.max(1, Math.floor((width - first) / (widest + 2)));
  const lines = [
    `${shortened(problem)} = ${shortened(answer)}${answer === exact ? "" : `, exact: ${shortened(exact)}`}`,
  ];
  for (let from = 0; from < columns.length; from += across) {
    const shown = columns.slice(from, from + across);
    const rows = names.map((name, row) => [name, ...shown.map((_, k) => cells[from + k]![row]!)]);
    lines.push(
      "",
      ...table(
        ["step", ...shown.map(({ step }) => count(step))],
        rows,
        shown.map((_, k) => k + 1),
      ),
    );
  }
  return lines;
}
