/** What symbols and steps are, in words. */
import type { NetworkSymbol, UnfoldedStructure } from "longhand";
import type { Lit } from "./marks.ts";

/** What gates and states are called, by cell. */
const called: readonly (readonly [cells: RegExp, names: Readonly<Record<string, string>>])[] = [
  [
    /^(lstm|dcm)/,
    { i: "input gate", f: "forget gate", g: "candidate", o: "output gate", c: "cell state", h: "hidden state" },
  ],
  [/^gru/, { r: "reset gate", z: "update gate", n: "candidate", h: "hidden state" }],
  [/^rnn-preactivation/, { h: "state, before the units' function" }],
];

const inStacks = { ...called[0]![1], ...called[1]![1] };

const roles = {
  input: "input",
  state: "hidden state",
  gate: "gate",
  output: "output",
  bias: "bias",
  weights: "weights",
  diagonal: "weights",
} as const;

const functions: Readonly<Record<string, string>> = {
  σ: "σ(a) = 1/(1 + e⁻ᵃ), from 0 to 1: smoothly off or on",
  tanh: "tanh(a), from −1 to 1",
  relu: "relu(a) = max(0, a)",
  step: "step(a): 1 where a > 0, otherwise 0",
  clip: "clip: what lies outside of the two limits is set to the nearer one",
};

const plural = (count: number, what: string) => `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
const listed = (parts: readonly string[]) =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

/** What a value or parameter is called: "forget gate", "weights of the forget gate". */
export function nameOf(symbol: NetworkSymbol, cell: string): string {
  const [, layer, own = symbol.name] = /^(?:(\d+)\.)?(.*)$/.exec(symbol.name)!;
  const names = cell === "stack" ? inStacks : called.find(([cells]) => cells.test(cell))?.[1];
  const isGateOrState = symbol.role === "gate" || symbol.role === "state";
  const name = (isGateOrState && names?.[own]) || roles[symbol.role];
  return layer === undefined ? name : `${name} of layer ${layer}`;
}

/** What is lit, in a few sentences. */
export function explain(
  lit: Lit,
  symbols: readonly NetworkSymbol[],
  structure: UnfoldedStructure,
  cell: string,
): string {
  const [name = ""] = lit.names;
  if (lit.kind === "sum") return `Σ over ${name}: a sum of ${plural(lit.terms ?? 0, "term")}.`;
  if (lit.kind === "function") {
    const known = Object.keys(functions).find((key) => name.startsWith(key));
    return `${known ? functions[known] : name}. It is applied to each unit by itself.`;
  }
  const found = lit.names.flatMap(
    (each) => symbols.find((symbol) => symbol.kind === lit.kind && symbol.name === each) ?? [],
  );
  const [first] = found;
  if (!first) return lit.names.join(", ");
  const textOf = (kind: "value", { name: other, time }: { name: string; time: number }) => {
    const symbol = symbols.find((each) => each.kind === kind && each.name === other);
    if (!symbol) return other;
    return time < 0 ? symbol.before : time > 0 ? `${symbol.text} of the next step` : symbol.text;
  };
  if (found.length > 1) return several(lit, found, structure, cell);
  const into = first.into.map((value) => textOf("value", value));
  const reads = first.reads.map((value) => textOf("value", value));
  if (lit.kind === "value") {
    const when =
      lit.time === undefined
        ? lit.offset === -1
          ? ", of the step before"
          : ""
        : lit.time === 0
          ? ", before the first step"
          : `, at step ${lit.time}`;
    return [
      `${lit.offset === -1 ? first.before : first.text}: ${nameOf(first, cell)}${when}, ${plural(first.shape[0]!, "unit")}.`,
      reads.length > 0 ? `Made of ${listed(reads)}.` : "It comes from outside.",
      into.length > 0 ? `Goes into ${listed(into)}.` : "It is the answer.",
    ].join(" ");
  }
  const uses = structure.weights.find(({ parameter }) => parameter === name)?.uses ?? 0;
  const role =
    first.role === "bias"
      ? `added to ${listed(into)}`
      : `${first.role === "diagonal" ? "unit by unit " : ""}from ${listed(reads)} to ${listed(into)}`;
  return `${first.text}: ${roles[first.role]}, ${first.shape.join("×")}, ${role}. ${usesInWords(uses)}`;
}

function several(lit: Lit, found: readonly NetworkSymbol[], structure: UnfoldedStructure, cell: string): string {
  const texts = listed(found.map(({ text }) => text));
  if (lit.kind === "value") {
    const when = lit.time === 0 ? "before the first step" : `at step ${lit.time}`;
    return `A layer ${when}: ${listed(found.map((symbol) => `${symbol.text}, ${nameOf(symbol, cell)}`))}; ${plural(found[0]!.shape[0]!, "unit")} of each.`;
  }
  const uses = Math.max(
    ...structure.weights.filter(({ parameter }) => lit.names.includes(parameter)).map((each) => each.uses),
  );
  return `${texts}: weights, ${[...new Set(found.map(({ shape }) => shape.join("×")))].join(", ")}, one array for each gate. ${usesInWords(uses)}`;
}

function usesInWords(uses: number): string {
  if (uses === 0) return "The unfolded network has no place for it yet: what it multiplies is zero.";
  return uses === 1
    ? "The unfolded network has it in one place."
    : `The unfolded network has it in ${uses} places, the same each time.`;
}

/** What a step of the player adds to the picture. */
export function stepInWords({ layers, connections }: UnfoldedStructure, step: number): string {
  if (step === 0) return "The whole network. Play adds one step after the other.";
  const added = layers.flatMap((layer, k) => (layer.time === step && layer.kind !== "input" ? [{ layer, k }] : []));
  const told = added.map(({ layer, k }) => {
    const reads = connections.filter(({ to }) => to === k).map(({ from }) => layers[from]!.name);
    return `${layer.name}, ${plural(layer.units, "unit")}${reads.length > 0 ? `, which reads ${listed(reads)}` : ""}`;
  });
  const before = new Set(connections.filter(({ to }) => layers[to]!.time < step).flatMap(({ weights }) => weights));
  const now = [...new Set(connections.filter(({ to }) => layers[to]!.time === step).flatMap(({ weights }) => weights))];
  const fresh = now.filter((name) => !before.has(name));
  const weights =
    fresh.length === 0
      ? "No new weights: those of the step before, again."
      : fresh.length === now.length
        ? `Its weights are ${listed(fresh)}.`
        : `New weights: ${listed(fresh)}; the others are those of the step before, again.`;
  return `Step ${step} adds ${told.join("; ")}. ${weights}`;
}
