/** Why a derivative vanishes, stays or explodes: the factor of one step, and its bound. */
import { canRest, type Unit } from "./unit.ts";
import type { UnitValues } from "./unit-settings.ts";
import { short } from "./verdict.ts";

/** The greatest slope of each function. */
const steepest: Readonly<Record<UnitValues["activation"], number>> = { sigmoid: 0.25, tanh: 1, relu: 1, identity: 1 };
const slopeWords: Readonly<Record<UnitValues["activation"], string>> = {
  sigmoid: "σ′ is at most ¼",
  tanh: "tanh′ is at most 1",
  relu: "relu′ is 1 where the unit is on and 0 where it is off",
  identity: "the slope is 1 everywhere",
};

/** "The factor of a step is σ′(a_t) W_rec. σ′ is at most ¼, so it is at most |W_rec|/4 = 0.5: it can't grow anywhere." */
export function reasonOf(unit: Unit, settings: UnitValues): string {
  return unit.name === "RNN" ? ofRnn(settings) : ofLstm(settings);
}

function ofRnn(settings: UnitValues): string {
  const { activation, recurrent } = settings;
  const bound = Math.abs(recurrent) * steepest[activation];
  const factor = activation === "identity" ? "W_rec" : "φ′(a_t) W_rec";
  const at = `|W_rec|${steepest[activation] === 0.25 ? "/4" : ""} = ${short(bound)}`;
  const start = `The factor of a step is ${factor}; ${slopeWords[activation]}, so its size is ${activation === "identity" ? at : `at most ${at}`}`;
  if (activation === "identity") return `${start}.`;
  if (bound < 1) return `${start}: it can grow nowhere.`;
  const isResting = settings.steepest && canRest(settings);
  return `${start}: it ${isResting ? "is so where the unit rests" : "is so only where the unit is steep"}.`;
}

function ofLstm({ gates, recurrent }: UnitValues): string {
  if (gates === "table") {
    return `The factor of a step is f alone: with the exercise's gates nothing of h comes back in. W_rec = ${short(recurrent)} doesn't matter.`;
  }
  const factor = "f_t + i_t φ′(a_t) W_rec o_{t−1} φ′(c_{t−1})";
  return gates === "constant"
    ? `The factor of a step is ${factor}: the forget gate, and a way round by h.`
    : `The factor of a step is ${factor}, and what the state does to the gates themselves.`;
}
