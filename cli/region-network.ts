/** The network of `longhand regions --mark`: tried at a point of every region, and told. */
import {
  decodeModel,
  importModel,
  openRuntime,
  type Region,
  type RegionNetwork,
  reference,
  regionNetworkOnnx,
  subscript,
  wrongRegions,
} from "../src/index.ts";
import type { Output } from "./output.ts";
import { counted, list } from "./words.ts";

export interface Tried {
  readonly how: string;
  readonly wrong: readonly Region[];
}

/** The network at a point of every region, and what its ONNX file says at it. */
export async function tryNetwork(
  network: RegionNetwork,
  regions: readonly Region[],
  name: string,
  isWritten: boolean,
): Promise<Tried[]> {
  const { runtime } = await openRuntime(name);
  const tried = [{ how: runtime.description, wrong: await wrongRegions(network, regions, runtime) }];
  if (isWritten) {
    const program = importModel(decodeModel(regionNetworkOnnx(network)));
    const wrong = await wrongRegions({ ...network, program }, regions, reference);
    tried.push({ how: "the ONNX file, weights in float32", wrong });
  }
  return tried;
}

export function printNetwork(
  output: Output,
  network: RegionNetwork,
  regions: readonly Region[],
  tried: readonly Tried[],
): void {
  const units = network.wiring.layers.map(({ length }) => length).join(" + ");
  output.print();
  output.print(`a network of ${units} units, g(a) = 1 where a > 0, otherwise 0:`);
  for (const line of networkFormulas(network)) output.print(`  ${line}`);
  for (const { how, wrong } of tried) {
    const verdict =
      wrong.length === 0
        ? output.style("green", `right in all ${counted(regions.length, "region")}`)
        : output.style("red", `wrong in ${counted(wrong.length, "region")}`);
    const which = wrong.length > 0 ? `: ${list(wrong.map(({ label }) => label))}, too thin for its precision` : "";
    output.print(`${verdict}${which} (${how})`);
  }
}

/** More units of the second layer than this are not written out. */
const MOST_FORMULAS = 12;

/** "A = g(h₁ − h₂ − ½)", and the class. */
function networkFormulas({ wiring, chosen }: RegionNetwork): string[] {
  const hidden = wiring.layers[0]!.map(({ name }) => name);
  const formulas = chosen.slice(0, MOST_FORMULAS).map(({ label, signs }, r) => {
    const terms = hidden.map((name, k) => {
      const isMinus = signs[k] === "-";
      const sign = k === 0 ? (isMinus ? "−" : "") : isMinus ? " − " : " + ";
      return `${sign}h${subscript(Number(name))}`;
    });
    return `${label} = g(${terms.join("")}${threshold(wiring.layers[1]![r]!.bias)})`;
  });
  const more = chosen.length - formulas.length;
  const labels = chosen.map(({ label }) => label);
  const sum = labels.length > MOST_FORMULAS ? "sum of all" : labels.join(" + ");
  return [
    "hᵢ = g(wᵢ·x − θᵢ)",
    ...formulas,
    ...(more > 0 ? [`and ${more} more of that kind`] : []),
    `class = g(${sum}${threshold(wiring.layers[2]![0]!.bias)})`,
  ];
}

function threshold(bias: number): string {
  return bias < 0 ? ` − ${-bias}` : ` + ${bias}`;
}
