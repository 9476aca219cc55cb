/** Extraction: the finite machine that a network is. */
export { machineOfCertificate } from "./certificate.ts";
export { compareMachines, type Difference } from "./compare.ts";
export { type Extraction, extractFromCertificate, extractMachine } from "./extract.ts";
export {
  letterText,
  type MealyMachine,
  machineOfTask,
  namedByWords,
  type Transition,
  transitionsOf,
  wordText,
} from "./mealy.ts";
export { type Minimal, minimizeMachine } from "./minimize.ts";
export { type Extracted, type ExtractOptions, machineOfNetwork } from "./network.ts";
