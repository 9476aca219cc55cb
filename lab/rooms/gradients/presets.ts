/** The cases of papers/002, exercise 2, and some that go beyond it: settings, and what there is to see. */
import { type UnitValues, unitDefaults } from "./unit-settings.ts";

export interface Preset {
  readonly name: string;
  /** What is seen and why. */
  readonly about: string;
  readonly set: Partial<UnitValues>;
}

export const presets: readonly Preset[] = [
  {
    name: "What the gate is for",
    about:
      "The RNN halves its derivative at every step. The LSTM, its forget gate at 1, passes it on as it is: after any number of steps the same.",
    set: {},
  },
  {
    name: "Constant",
    about:
      "Factor 1 in both. The LSTM has it by f = 1, whatever its weights. The RNN has it by W_rec = 4 exactly, and only in the one place where σ′ = ¼.",
    set: { recurrent: 4 },
  },
  {
    name: "Vanishing",
    about:
      "W_rec = 2 is more than 1, and yet the derivative vanishes: what counts is |σ′ W_rec|, and σ′ is never more than ¼. More than 1 isn't enough; more than 4 is needed.",
    set: { f: 0.5 },
  },
  {
    name: "Exploding",
    about:
      "W_rec = 8 where σ is steepest: factor 2. It is a pencil on its tip: rounding errors double too, and after some fifty steps the unit falls into saturation. f = 1.1 is more than a gate can give; it explodes likewise.",
    set: { recurrent: 8, f: 1.1 },
  },
  {
    name: "Saturated",
    about:
      "The same W_rec = 8 without the bias that kept the unit in the steep place. It runs into saturation, where σ′ is all but 0: the derivative vanishes faster than anywhere else.",
    set: { recurrent: 8, steepest: false },
  },
  {
    name: "Negative",
    about:
      "W_rec = −6: the unit swings, and the derivative's sign with it. Its size grows by 6/4 a step as long as the unit rests where σ is steepest.",
    set: { recurrent: -6 },
  },
  {
    name: "No function",
    about:
      "A linear unit: nothing flattens, so here |W_rec| > 1 is enough, as the exercise's solution says. 1.1 a step explodes; 0.9 would vanish.",
    set: { activation: "identity", recurrent: 1.1, steepest: false },
  },
  {
    name: "Gates that compute",
    about:
      "Gates of weights, as in a real LSTM: the input opens the input gate, and the forget gate's bias of 4 holds it at σ(4) = 0.98. Most of the derivative is there after 20 steps; drag the bias.",
    set: { gates: "computed" },
  },
];

/** The preset that the settings are, but for what is shown of them. */
export function presetOf(values: UnitValues): Preset | undefined {
  const names = (Object.keys(unitDefaults) as (keyof UnitValues)[]).filter(
    (name) => !["steps", "by", "show", "axis"].includes(name),
  );
  return presets.find(({ set }) => {
    const whole: UnitValues = { ...unitDefaults, ...set };
    return names.every((name) => String(whole[name]) === String(values[name]));
  });
}
