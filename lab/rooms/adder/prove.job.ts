/** Proves networks right for every length, or looks for problems that they get wrong. */
import {
  applyProgram,
  exactTask,
  type Network,
  proveChecked,
  randomSource,
  type Verdict,
  type VisitedState,
  visitedStates,
} from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";
import type { JobContext } from "../../work/contract.ts";

export interface ProveInput {
  readonly networks: readonly NetworkData[];
  /** Steps to run in search of a problem that is answered wrong, of each network: see `refute`. */
  readonly budget: number;
  /** Steps each network through random problems too. */
  readonly visits: boolean;
}

/** A problem with the network's answer and the exact one, as text. */
export interface FailingProblem {
  readonly problem: string;
  readonly answer: string;
  readonly exact: string;
  /** Steps that were right before the first wrong one. */
  readonly step: number;
  readonly found: string;
  readonly isShortest: boolean;
}

export type Proved = Extract<Verdict, { verdict: "proved" }>;
export type Outcome = (
  | Proved
  | { readonly verdict: "refuted"; readonly failing: FailingProblem }
  | Extract<Verdict, { verdict: "unknown" }>
) & {
  readonly seconds: number;
  /** States that the network came to on random problems; none where they weren't asked for. */
  readonly visited: readonly VisitedState[];
};

export interface ProveUpdate {
  /** Of the networks, from 0. */
  readonly number: number;
  /** null: what it is doing is told. */
  readonly outcome: Outcome | null;
  readonly doing: string;
}

export async function job(
  { networks, budget, visits }: ProveInput,
  context: JobContext<ProveUpdate>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [number, data] of networks.entries()) {
    const { task, model, parameters } = networkOfData(data);
    const network = { task: exactTask(task), model, parameters };
    const begin = performance.now();
    const tell = (doing: string) => context.progress({ number, outcome: null, doing });
    const verdict = inWords(network, await verdictOf(network, budget, context, tell));
    const seconds = (performance.now() - begin) / 1000;
    const visited = visits ? visitedStates(network, { random: randomSource(1) }) : [];
    const outcome = { ...verdict, seconds, visited };
    outcomes.push(outcome);
    context.progress({ number, outcome, doing: "" });
  }
  return outcomes;
}

function verdictOf(
  network: Network,
  budget: number,
  context: JobContext<ProveUpdate>,
  tell: (doing: string) => void,
): Promise<Verdict> {
  let toldAt = 0;
  return proveChecked(network, {
    refute: async () => {
      const runtime = await context.open(applyProgram(network.model), { batch: 256, time: 64 });
      return {
        runtime,
        budget,
        onProgress: ({ activity, spent }) => {
          if (performance.now() - toldAt < 100) return;
          toldAt = performance.now();
          const part = Math.min(100, Math.round((100 * spent) / budget));
          tell(`no proof found; looking for a problem that fails: ${activity}, ${part}%`);
        },
      };
    },
  });
}

function inWords({ task }: Network, verdict: Verdict) {
  if (verdict.verdict !== "refuted") return verdict;
  const { input, answer, exact, step, found, isShortest } = verdict.refutation;
  const failing = {
    problem: task.format(input),
    answer: task.formatAnswer(answer, input),
    exact: task.formatAnswer(exact, input),
    step,
    found,
    isShortest,
  };
  return { verdict: "refuted", failing } as const;
}
