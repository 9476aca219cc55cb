/** `longhand solve` */
import type { Command } from "commander";
import {
  findTask,
  LonghandError,
  networkOfSteps,
  type Rational,
  rationals,
  type Synthesis,
  type SynthesisEvent,
  type SynthesisOptions,
  stepEquations,
  stepMatrices,
  synthesize,
  type Task,
} from "../src/index.ts";
import { writeNetworkRun } from "../src/node.ts";
import { wholeNumber, wholeNumbers } from "./options.ts";
import type { Output } from "./output.ts";
import { stopOnSignals } from "./signals.ts";
import { count, counted, duration, shortened } from "./words.ts";
import { writeOutput } from "./write-files.ts";

interface SolveOptions {
  layers?: number[];
  unread?: number;
  margin?: Rational;
  maxWeight?: Rational;
  fewest?: boolean;
  timeout?: Rational;
  smt?: string;
  run?: string;
}

export function addSolve(program: Command, output: () => Output): void {
  program
    .command("solve")
    .summary("find weights that compute a task exactly by constraint solving, or that there are none")
    .description(
      "Finds weights of an inter-layer recurrent network of step units that answers every input of a task right, of any length, or proves that no weights of this shape do. Exit status 1: there are none, or it isn't decided in time.",
    )
    .argument("<task>", "one answered a step at a time, such as binary-addition")
    .option(
      "--layers <list>",
      'units of the hidden layers, as in 2 or 3,2; "none": the output layer alone (default: none, 1, 2, … up to the first that does)',
      readLayers,
    )
    .option("--unread <n>", "further output units that no answer is read from (default: 0)", wholeNumber("--unread", 0))
    .option("--margin <m>", "least distance of every sum from its threshold (default: 1/2)", positive("--margin"))
    .option("--max-weight <w>", "largest weight, biases aside (default: none is too large)", positive("--max-weight"))
    .option("--fewest", "look for the fewest weights that aren't 0")
    .option("--timeout <s>", "seconds for all of it (default: 60)", positive("--timeout"))
    .option("--smt <file>", "write the last question without a solution, or else the last one, as SMT-LIB 2")
    .option("--run <folder>", "write the network as a run, which the other verbs read")
    .action(async (name: string, options: SolveOptions) => {
      process.exitCode = await solveVerb(findTask(name), options, output());
      // A call that the solver never ended leaves a timer of ten minutes behind.
      setTimeout(() => process.exit(), 1000).unref();
    });
}

async function solveVerb(task: Task, options: SolveOptions, output: Output): Promise<number> {
  const { margin = rationals.rational(1, 2), maxWeight, unread = 0, fewest = false, timeout } = options;
  const seconds = timeout ? rationals.toNumber(timeout) : 60;
  using stop = stopOnSignals(output, "the solver is interrupted");
  const start = performance.now();
  const given = {
    margin,
    unread,
    fewest,
    signal: stop.signal,
    onProgress: teller(output),
    ...(maxWeight && { maxWeight }),
  };
  const tried: Synthesis[] = [];
  for (let width = 0; ; width++) {
    const layers = options.layers ?? (width === 0 ? [] : [width]);
    const left = seconds - (performance.now() - start) / 1000;
    const made = await synthesize(task, {
      ...given,
      layers,
      seconds: Math.max(left, 0.001),
    } satisfies SynthesisOptions);
    output.redraw?.("");
    tried.push(made);
    print(output, made, seconds, stop.signal.aborted);
    if (options.layers || made.verdict !== "none") break;
  }
  const last = tried.at(-1)!;
  if (options.smt !== undefined) await writeProblem(options.smt, tried);
  const isFound = last.verdict === "found";
  if (isFound && options.run !== undefined) {
    const origin = `solved for: ${last.claims.join("; ")}`;
    await writeNetworkRun(options.run, networkOfSteps(last.network), { origin, solved: true });
    output.print();
    output.print(`Written as a run to ${options.run}: longhand prove ${options.run}`);
  }
  output.result({
    task: task.name,
    verdict: last.verdict,
    margin: rationals.format(margin),
    ...(maxWeight && { maxWeight: rationals.format(maxWeight) }),
    tried: tried.map(recordOf),
    ...(isFound && options.run !== undefined && { folder: options.run }),
    stopped: stop.signal.aborted,
  });
  if (stop.signal.aborted) return 130;
  return isFound ? 0 : 1;
}

/** What --json says of a shape. */
function recordOf(made: Synthesis) {
  const { model, verdict, words, iterations, seconds, claims, stages } = made;
  return {
    layers: model.options.layers,
    verdict,
    words: words.length,
    iterations,
    seconds,
    claims,
    stages: stages.map(({ stage, verdict, iterations, seconds }) => ({ stage, verdict, iterations, seconds })),
    ...(made.verdict === "undecided" && { reason: made.reason }),
    ...(made.verdict === "found" && {
      margin: rationals.format(made.product.margin),
      states: made.product.states,
      pairs: made.product.pairs,
      connections: made.connections,
      equations: stepEquations(made.network),
      parameters: Object.fromEntries(
        Object.entries(networkOfSteps(made.network).parameters).map(([name, { shape, data }]) => [
          name,
          { shape, values: Array.from(data) },
        ]),
      ),
    }),
  };
}

function print(output: Output, made: Synthesis, limit: number, isStopped: boolean): void {
  const { task, model, iterations, seconds, stages } = made;
  const shape = `${task.name}, layers ${JSON.stringify(model.options.layers)}`;
  const effort = `${counted(iterations, "question")}, ${duration(seconds)}`;
  if (made.verdict === "undecided") {
    const why = isStopped ? "interrupted" : made.reason === "out of time" ? `within ${duration(limit)}` : made.reason;
    output.print(`${output.style("red", "not decided")}: ${shape} (${why}; ${effort})`);
    return;
  }
  if (made.verdict === "none") {
    output.print(`${output.style("red", "none exists")}: ${shape} (${effort})`);
    for (const claim of made.claims) output.print(`  ${claim}`);
    return;
  }
  const { product, network, connections } = made;
  output.print(`${output.style("green", "found and proved")}: ${shape} (${effort})`);
  for (const claim of made.claims) output.print(`  ${claim}`);
  for (const { stage, verdict } of stages) if (verdict === "undecided") output.print(`  not decided: ${stage}`);
  output.print(
    `  ${counted(connections, "connection")}, margin ${rationals.format(product.margin)}; ${counted(product.states, "state")} of the network, ${count(product.pairs)} with the machine's`,
  );
  output.print();
  for (const line of stepEquations(network)) output.print(`  ${line}`);
  output.print();
  for (const line of stepMatrices(network)) output.print(`  ${line}`);
  output.print();
  output.print(
    "  [ … ] is 1 where it holds, otherwise 0; ′ is one step earlier, at first 0; weights not written are 0.",
  );
}

/** Returns what tells of each question: a line drawn again in a terminal, a line each elsewhere. */
function teller(output: Output): (event: SynthesisEvent) => void {
  return ({ stage, iteration, moves, seconds, answer, flaw }) => {
    const word = flaw?.word.map((letter) => letter.join("")).join(" ");
    const outcome = {
      sat: flaw ? `fails on ${shortened(word!, 40)}${flaw.kind === "margin" ? " (margin)" : ""}` : "right on all words",
      unsat: "no weights",
      unknown: "not decided",
    }[answer];
    const parts = [`${iteration}: ${stage}`, outcome, counted(moves, "step"), duration(seconds)];
    if (output.redraw) output.redraw(parts);
    else output.note(parts.join(" · "));
  };
}

async function writeProblem(file: string, tried: readonly Synthesis[]): Promise<void> {
  const all = tried.flatMap(({ task, model, stages }) =>
    stages.map((stage) => ({ ...stage, shape: `${task.name}, layers ${JSON.stringify(model.options.layers)}` })),
  );
  const { stage, shape, verdict, problem } = all.findLast((one) => one.verdict === "none") ?? all.at(-1)!;
  const said = { none: "unsat", found: "sat", undecided: "not decided" }[verdict];
  await writeOutput(file, `; ${shape}: ${stage}; ${said}\n${problem}(check-sat)\n`);
}

function readLayers(text: string): number[] {
  return text === "none" ? [] : wholeNumbers("--layers", 1)(text);
}

/** A reader of positive numbers: 2, 0.5 or 1/2. */
function positive(flag: string): (text: string) => Rational {
  return (text) => {
    const isNumber = /^\d+(\.\d+|\/0*[1-9]\d*)?$/.test(text) && /[1-9]/.test(text.split("/")[0]!);
    if (isNumber) return rationals.parse(text);
    throw new LonghandError("argument", `${flag}: received "${text}", expected a number above 0 such as 2, 0.5 or 1/2`);
  };
}
