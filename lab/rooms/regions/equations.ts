/** A region network's equations, as LaTeX. */
import { exactNumber, type RegionNetwork, type Wiring } from "longhand";
import type { Found } from "./find.job.ts";

/** "-4.3\,x_1 + 7.1\,x_2": terms with their signs; factors of 1 are left out. */
function sum(terms: readonly { readonly weight: string; readonly of: string }[]): string {
  if (terms.length === 0) return "0";
  return terms
    .map(({ weight, of }, k) => {
      const size = weight.replace(/^[-−]/, "");
      const sign = size !== weight ? (k === 0 ? "-" : " - ") : k === 0 ? "" : " + ";
      return `${sign}${size === "1" ? "" : `${size}\\,`}${of}`;
    })
    .join("");
}

/** With the threshold to be taken off. */
function less(threshold: string): string {
  if (threshold === "0") return "";
  return /^[-−]/.test(threshold) ? ` + ${threshold.slice(1)}` : ` - ${threshold}`;
}

const unitOf = (labels: string) => `z_{\\mathrm{${labels.replaceAll(", ", ",").replaceAll("…", "..")}}}`;
const half = (value: number) => String(value).replace("-", "");
const signed = (value: number) => (value < 0 ? `-${half(value)}` : half(value));

/** One a unit of the first layer: the lines, with exact numbers. */
export function lineEquations({ arrangement }: Found): string[] {
  return arrangement.hyperplanes.map(({ weights, threshold }, k) => {
    const terms = weights.flatMap((weight, i) =>
      weight.numerator === 0n ? [] : [{ weight: exactNumber(weight), of: `x_${i + 1}` }],
    );
    return `h_{${k + 1}} = g(${sum(terms)}${less(exactNumber(threshold))})`;
  });
}

/** One a unit of the second layer, and the output's last. */
export function unitEquations({ wiring }: RegionNetwork): string[] {
  return [2, 3].flatMap((layer) =>
    wiring.layers[layer - 1]!.map(({ name, bias }, unit) => {
      const terms = incoming(wiring, layer, unit).map(({ weight, from }) => ({
        weight: signed(weight),
        of: layer === 2 ? `h_{${from + 1}}` : unitOf(wiring.layers[1]![from]!.name),
      }));
      return `${layer === 2 ? unitOf(name) : "y"} = g(${sum(terms)}${less(signed(0 - bias))})`;
    }),
  );
}

function incoming({ connections }: Wiring, layer: number, unit: number) {
  return connections
    .filter(({ to }) => to.layer === layer && to.unit === unit)
    .map(({ weight, from }) => ({ weight, from: from.unit }));
}
