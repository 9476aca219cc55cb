/** Extraction: the finite machine that a network is. */
export { machineOfCertificate } from "./certificate.ts";
export { compareMachines, type Difference as MachineDifference } from "./compare.ts";
export { type Extraction, extractFromCertificate, extractMachine } from "./extract.ts";
export {
  letterText,
  type MealyMachine,
  machineOfTask,
  namedByWords,
  type Transition as MachineTransition,
  transitionsOf,
  wordText,
} from "./mealy.ts";
export { type Minimal as MinimalMachine, minimizeMachine } from "./minimize.ts";
export { type Extracted as ExtractedMachine, type ExtractOptions, machineOfNetwork } from "./network.ts";
