/** The two networks of one unit with the visitor's numbers. */
import {
  balanced,
  runScalar,
  type ScalarNetwork,
  type ScalarRun,
  type ScalarValues,
  scalarLstmWith,
  scalarRnnWith,
} from "longhand";
import type { UnitValues } from "./unit-settings.ts";

export interface Unit {
  readonly name: "RNN" | "LSTM";
  /** The letter of the state that remembers. */
  readonly memory: "h" | "c";
  readonly network: ScalarNetwork;
  readonly values: ScalarValues;
}

export interface Units {
  readonly rnn: Unit;
  readonly lstm: Unit;
}

/** Whether the unit can rest where its function is steepest: with σ and tanh, and one input at the first two steps. */
export function canRest({ activation, inputs }: Pick<UnitValues, "activation" | "inputs">): boolean {
  const [first, second, ...later] = inputs;
  const isPulse = first !== undefined && first !== 0 && first === second && later.every((x) => x === 0);
  return activation === "tanh" || (activation === "sigmoid" && isPulse);
}

export function unitsOf(settings: UnitValues): Units {
  const { activation, gates, inputs, recurrent, steepest } = settings;
  const shared = {
    W_in: settings.input,
    W_rec: recurrent,
    b_h: settings.bias,
    W_out: settings.output,
    b_y: settings.outputBias,
    x: 1,
  };
  const isResting = steepest && canRest(settings);
  const rest = isResting ? balanced(recurrent, inputs[0] ?? 1, activation === "tanh" ? "tanh" : "sigmoid") : {};
  return {
    rnn: { name: "RNN", memory: "h", network: scalarRnnWith(activation), values: { ...shared, ...rest } },
    lstm: {
      name: "LSTM",
      memory: "c",
      network: scalarLstmWith({ activation, gates }),
      values: { ...shared, ...gateValues(settings) },
    },
  };
}

function gateValues(settings: UnitValues): ScalarValues {
  if (settings.gates === "table") return { f: settings.f };
  if (settings.gates === "constant") return { f: settings.f, i: settings.i, o: settings.o };
  return {
    ...{ W_f: settings.fInput, U_f: settings.fRecurrent, b_f: settings.fBias },
    ...{ W_i: settings.iInput, U_i: settings.iRecurrent, b_i: settings.iBias },
    ...{ W_o: settings.oInput, U_o: settings.oRecurrent, b_o: settings.oBias },
  };
}

export function runUnit({ network, values }: Unit, { steps, inputs }: Pick<UnitValues, "steps" | "inputs">): ScalarRun {
  return runScalar(network, values, steps, { inputs });
}

/** Which setting the curves of the LSTM run over: its forget gate, or the bias of it where the gate is computed. */
export function forgetSetting(gates: UnitValues["gates"]): "f" | "fBias" {
  return gates === "computed" ? "fBias" : "f";
}
