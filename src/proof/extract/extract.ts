/** Extraction from one end to the other: the minimal machine of a network, and whether it is its task's. */
import { LonghandError } from "../../errors.ts";
import type { Network } from "../../networks/index.ts";
import { findTask, type Task } from "../../tasks/index.ts";
import type { Certificate } from "../certificate.ts";
import { prove } from "../prove.ts";
import { machineOfCertificate } from "./certificate.ts";
import { compareMachines, type Difference } from "./compare.ts";
import { type MealyMachine, machineOfTask, namedByWords } from "./mealy.ts";
import { minimizeMachine } from "./minimize.ts";
import { type ExtractOptions, machineOfNetwork } from "./network.ts";

export interface Extraction {
  /**
   * The minimal machine. Its states are called as those of the task's machine where it is that machine, otherwise by the
   * shortest words that reach them.
   */
  readonly machine: MealyMachine;
  /** "states": the network was run from every state it reaches; "proof": the sets of a certificate. */
  readonly by: "states" | "proof";
  /** Number of the network's states, or of the certificate's sets. */
  readonly found: number;
  /** States of the task's minimal machine. */
  readonly needed: number;
  /** Where it (first) and the task's machine (second) differ; undefined: it is the task's minimal machine. */
  readonly difference: Difference | undefined;
}

/**
 * The minimal machine that a network is: of all states it reaches where they are few, otherwise of a proof that is looked
 * for. Networks of step units, right or wrong, have few states; others have a machine where they can be proved right.
 * @throws LonghandError `argument` for tasks without a finite machine and networks that read the whole problem first;
 *   `unsupported` for networks with more states than the limit that aren't proved.
 */
export async function extractMachine(network: Network, options: ExtractOptions = {}): Promise<Extraction> {
  let tooMany: LonghandError;
  try {
    const { machine, networkStates } = machineOfNetwork(network, options);
    return extraction(network.task, machine, "states", networkStates);
  } catch (error) {
    if (!(error instanceof LonghandError && error.code === "unsupported")) throw error;
    tooMany = error;
  }
  const verdict = await prove(network);
  if (verdict.verdict === "proved") return extractFromCertificate(verdict.certificate);
  const why = verdict.verdict === "unknown" ? verdict.blocked : "it errs";
  throw new LonghandError(
    "unsupported",
    `${tooMany.message}; nor is it proved: ${why}. Machines that only come near a network aren't made`,
    { cause: tooMany },
  );
}

/**
 * The minimal machine of a certificate. Check the certificate first: this believes it.
 * @throws LonghandError `format` for moves that make no machine.
 */
export function extractFromCertificate(certificate: Certificate): Extraction {
  const machine = machineOfCertificate(certificate);
  return extraction(findTask(certificate.task), machine, "proof", certificate.sets.length);
}

function extraction(task: Task, all: MealyMachine, by: Extraction["by"], found: number): Extraction {
  const machine = minimizeMachine(all).machine;
  const exact = minimizeMachine(machineOfTask(task)).machine;
  const difference = compareMachines(machine, exact);
  return {
    machine: difference ? namedByWords(machine) : { ...machine, states: exact.states },
    by,
    found,
    needed: exact.states.length,
    difference,
  };
}
