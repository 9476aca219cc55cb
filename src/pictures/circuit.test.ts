import { describe, expect, test } from "vitest";
import { builtNetworks, fullAdder, parityNetwork, stepThrough, type Wiring, wiringOf } from "../networks/index.ts";
import { circuitFilm, circuitPicture, shortNumber } from "./circuit.ts";
import { type CircuitEdge, layCircuitOut } from "./circuit-layout.ts";
import { touching } from "./circuit-parts.ts";
import { elements, flaw } from "./svg.test-helper.ts";

const adder = wiringOf(fullAdder.network, fullAdder);
const textWidth = (text: string) => 6.6 * [...text].length;
const labelOf = ({ weight }: { weight: number }) => shortNumber(weight);

/** Every unit to every other one, with weights that differ. */
const dense: Wiring = {
  inputs: ["x"],
  layers: [Array.from({ length: 8 }, (_, k) => ({ name: `h${k}`, bias: k / 7 })), [{ name: "y", bias: -1 }]],
  connections: Array.from({ length: 80 }, (_, k) => ({
    from: { layer: 1, unit: k % 8 },
    to: { layer: k < 64 ? 1 : 2, unit: k < 64 ? Math.floor(k / 8) : 0 },
    parameter: k < 64 ? "R11" : k < 72 ? "R12" : "W2",
    weight: Math.sin(k + 1),
    isRecurrent: k < 72,
  })),
};

describe("layout", () => {
  const layout = layCircuitOut(adder, { textWidth, labelOf });
  const between = (a: number, b: number, [low, high]: readonly [number, number]) => low <= a && a <= b && b <= high;

  test("columns from the input to the output; the carry has a register before the layer that reads it", () => {
    const columns = [...new Set(layout.nodes.map(({ x }) => x))];
    expect(columns).toEqual([...columns].sort((a, b) => a - b));
    const register = layout.nodes.filter(({ kind }) => kind === "register");
    expect(register).toMatchObject([{ name: "carry", of: { layer: 4, unit: 1 }, column: 2, x: columns[2] }]);
    // Above p: there it crosses no connection of g.
    expect(register[0]!.y).toBeLessThan(layout.nodes.find(({ name }) => name === "p")!.y);
    expect(layout.returns).toHaveLength(1);
  });

  test("every part lies within the picture", () => {
    for (const { x, y } of layout.nodes) {
      expect(between(x - layout.radius, x + layout.radius, [0, layout.width])).toBe(true);
      expect(between(y - layout.radius, y + layout.radius, [0, layout.height])).toBe(true);
    }
    for (const { x, y } of layout.returns.flatMap(({ points }) => points)) {
      expect(between(x, x, [0, layout.width]) && between(y, y, [0, layout.height])).toBe(true);
    }
  });

  test.each(builtNetworks)("$name: labels cover neither each other nor a unit", (built) => {
    const { edges, nodes, radius } = layCircuitOut(wiringOf(built.network, built), { textWidth, labelOf });
    const boxes = edges.map(({ label, connection }) => ({ ...label!, width: textWidth(labelOf(connection)) }));
    boxes.forEach((a, k) => {
      for (const b of boxes.slice(k + 1)) {
        expect(2 * Math.abs(a.x - b.x) >= a.width + b.width || Math.abs(a.y - b.y) >= 14).toBe(true);
      }
      for (const { x, y } of nodes) expect(Math.hypot(a.x - x, a.y - y)).toBeGreaterThan(radius + 3);
    });
  });

  test("a label lies on its own connection", () => {
    for (const { label, start, end } of layout.edges) {
      const cross = (end.x - start.x) * (label!.y - start.y) - (end.y - start.y) * (label!.x - start.x);
      expect(Math.abs(cross)).toBeLessThan(1e-6);
    }
  });

  test("connections begin and end at the borders of units", () => {
    const distance = ({ source, start }: CircuitEdge) => Math.hypot(source.x - start.x, source.y - start.y);
    for (const edge of layout.edges) {
      if (edge.source.kind !== "register") expect(distance(edge)).toBeCloseTo(layout.radius + 1, 6);
      expect(Math.hypot(edge.target.x - edge.end.x, edge.target.y - edge.end.y)).toBeCloseTo(layout.radius + 2, 6);
    }
  });

  test("of a dense circuit the strongest weights are written, and registers have names in place of paths", () => {
    const { edges, returns } = layCircuitOut(dense, { textWidth, labelOf });
    const written = edges.filter(({ label }) => label).map(({ connection }) => Math.abs(connection.weight));
    const left = edges.filter(({ label }) => !label).map(({ connection }) => Math.abs(connection.weight));
    expect(written).toHaveLength(8);
    expect(Math.min(...written)).toBeGreaterThanOrEqual(Math.max(...left));
    expect(returns).toEqual([]);
  });
});

test("where registers have no paths, their names stand in them", () => {
  const connections = [...dense.connections.slice(0, 8), ...dense.connections.slice(72)];
  const some: Wiring = { ...dense, connections };
  const { nodes, isTight } = layCircuitOut(some, { textWidth, labelOf });
  expect(isTight).toBe(true);
  for (const { half, name } of nodes.filter(({ kind }) => kind === "register")) {
    expect(2 * half.width).toBeGreaterThan(textWidth(name));
  }
  const svg = circuitPicture(some, { title: "some" });
  const inside = elements(svg, "text").filter(({ at }) => at.class?.startsWith("inside"));
  expect(inside.map(({ text }) => text)).toEqual(expect.arrayContaining(["h0", "h7"]));
  expect(svg).not.toContain("t−1");
});

describe("picture", () => {
  const svg = circuitPicture(adder, { title: "Full adder <1>", subtitle: "papers/000" });

  test("is well-formed and says what it shows", () => {
    expect(flaw(svg)).toBeUndefined();
    expect(elements(svg, "title")[0]!.text).toBe("Full adder &lt;1&gt;");
    expect(elements(svg, "desc")[0]!.text).toBe("2-3-2-4-2 units, 20 connections, 3 of them recurrent.");
  });
  test("biases in the units, weights on the connections, three dotted", () => {
    const texts = (kind: string) => elements(svg, "text").filter(({ at }) => at.class?.split(" ")[0] === kind);
    const inside = texts("inside").map(({ text }) => text);
    expect(inside.filter((text) => text === "0")).toHaveLength(9);
    expect(inside.filter((text) => text === "−1")).toHaveLength(2);
    const weights = texts("weight").map(({ text }) => text);
    expect(weights.filter((text) => text === "1")).toHaveLength(16);
    expect(weights.filter((text) => text === "−1")).toHaveLength(4);
    expect(elements(svg, "path").filter(({ at }) => at.class?.includes("recurrent"))).toHaveLength(3);
  });
  test("negative connections end in a circle", () => {
    expect(elements(svg, "circle").filter(({ at }) => at.class === "bubble")).toHaveLength(4);
    expect(elements(svg, "path").filter(({ at }) => at.class?.includes("minus"))).toHaveLength(4);
  });
  test("dense circuits too", () => {
    expect(flaw(circuitPicture(dense, { title: "dense" }))).toBeUndefined();
  });
});

describe("film", () => {
  const { network } = parityNetwork;
  const wiring = wiringOf(network, parityNetwork);
  const { states } = stepThrough(network, Int32Array.of(1, 1));
  const zero = [[0, 0], [0]];
  const frames = states.map((units, t) => ({
    caption: `step ${t + 1}`,
    inputs: [1],
    units,
    before: states[t - 1] ?? zero,
  }));
  const svg = circuitFilm(wiring, frames, { title: "Parity of 11" });

  test("a frame a step, with every activation in its unit, and the answer before in the register", () => {
    expect(flaw(svg)).toBeUndefined();
    expect(elements(svg, "text").filter(({ at }) => at.class === "caption")).toHaveLength(2);
    const inside = elements(svg, "text").filter(({ at }) => at.class?.startsWith("inside"));
    // x, y at t−1, x ∨ y, x ∧ y, y
    expect(inside.map(({ text }) => text)).toEqual([..."10101", ..."11110"]);
  });
  test("connections that carry nothing are faint", () => {
    const groups = elements(svg, "g").filter(({ at }) => at.opacity !== undefined);
    // Step 1: the answer before (twice) and x ∧ y are off; step 2: none.
    expect(groups).toHaveLength(3);
  });
  test("activations between 0 and 1 and below 0", () => {
    const units = [[0.25, -1], [0.5]];
    const half = circuitFilm(wiring, [{ caption: "", inputs: [1], units, before: zero }], { title: "" });
    for (const text of ["0.25", "−1", "0.50"])
      expect(elements(half, "text").map((found) => found.text)).toContain(text);
    expect(half).toMatch(/class="on more"[^>]* fill-opacity="0.25"/);
    expect(half).toMatch(/class="on less"[^>]* fill-opacity="1"/);
  });
  test("what doesn't fit is refused", () => {
    const of = (change: object) => () => circuitFilm(wiring, [{ ...frames[0]!, ...change }], { title: "" });
    expect(of({ inputs: [1, 0] })).toThrow("values of 2-2-1 units, expected 1-2-1");
    expect(of({ before: [[0, 0]] })).toThrow("values of 1-2 units, expected 1-2-1");
    expect(() => circuitFilm(wiring, [], { title: "" })).toThrow("received 0 frames");
  });
});

describe("at one step", () => {
  const { network } = fullAdder;
  const { inputs, states, initial } = stepThrough(network, network.task.parse("1+3"));
  const values = [0, 1].map((t) => ({ inputs: inputs[t]!, units: states[t]!, before: states[t - 1] ?? initial }));
  const inside = (svg: string) =>
    elements(svg, "text")
      .filter(({ at }) => at.class?.startsWith("inside"))
      .map(({ text }) => text);

  test("activations stand in the units, the carry in its register, weights on the connections", () => {
    const svg = circuitPicture(adder, { title: "step 2", values: values[1]! });
    expect(flaw(svg)).toBeUndefined();
    // x₁ = 0, x₂ = 1; the first layer; carry, p, g; the third layer; sum and carry.
    expect(inside(svg).join("")).toBe("01" + "010" + "110" + "0010" + "01");
    expect(elements(svg, "text").filter(({ at }) => at.class === "weight")).toHaveLength(20);
    expect(inside(circuitPicture(adder, { title: "step 1", values: values[0]! })).join("")).toBe(
      "11" + "001" + "001" + "0001" + "01",
    );
  });
  test("values that aren't as many as the units are refused", () => {
    expect(() => circuitPicture(adder, { title: "", values: { ...values[0]!, inputs: [1] } })).toThrow(
      "values of 1-3-2-4-2 units, expected 2-3-2-4-2",
    );
  });
});

test("where many registers show what they hold, their names stand beside them", () => {
  const units = [Array.from({ length: 8 }, (_, k) => k / 8), [1]];
  const svg = circuitPicture(dense, { title: "", values: { inputs: [1], units, before: units } });
  expect(flaw(svg)).toBeUndefined();
  const beside = elements(svg, "text").filter(({ at }) => at.class === "aside");
  // Eight before each of the two layers.
  expect(beside.map(({ text }) => text)).toEqual([...units[0]!, ...units[0]!].map((_, k) => `h${k % 8}`));
  for (const { at, text } of beside) expect(Number(at.x) - textWidth(text)).toBeGreaterThan(0);
  const squares = elements(svg, "rect").filter(({ at }) => at.class === "node register");
  for (const { at } of squares) expect(Number(at.width)).toBeGreaterThan(textWidth("0.12"));
});

describe("parts", () => {
  test("of a unit: what it reads, what reads it, and its register", () => {
    expect([...touching(adder, "b4[1]")].sort()).toEqual(
      [
        ...["b4[1]", "W4[2,1]", "b3[2]", "W4[3,1]", "b3[3]"],
        ...["h4[1]", "R43[1,0]", "b3[0]", "R43[1,1]", "b3[1]", "R43[1,2]"],
      ].sort(),
    );
    expect([...touching(adder, "x[1]")]).toEqual(["x[1]", "W1[1,0]", "b1[0]", "W1[1,1]", "b1[1]", "W1[1,2]", "b1[2]"]);
    expect([...touching(adder, "R43[1,0]")].sort()).toEqual(["R43[1,0]", "b3[0]", "h4[1]"]);
    // A register is read by the third layer; it isn't what the unit reads.
    expect(touching(adder, "h4[1]")).not.toContain("W4[2,1]");
  });

  test("what isn't touched is faint", () => {
    const faint = (svg: string) => elements(svg, "g").filter(({ at }) => at.opacity !== undefined).length;
    expect(faint(circuitPicture(adder, { title: "" }))).toBe(0);
    // 20 connections less 1, 14 nodes less 2.
    expect(faint(circuitPicture(adder, { title: "", emphasis: "R43[1,0]" }))).toBe(19 + 12);
  });

  test("of a dense circuit the weights of what is touched are written", () => {
    const svg = circuitPicture(dense, { title: "", emphasis: "b2[0]" });
    const weights = elements(svg, "text").filter(({ at }) => at.class === "weight");
    const touched = dense.connections.filter(({ to }) => to.layer === 2).map(({ weight }) => shortNumber(weight));
    expect(weights.map(({ text }) => text).sort()).toEqual(touched.sort());
  });

  test("weights and biases are sliders with a name, features and registers have a name alone", () => {
    const svg = circuitPicture(adder, { title: "", editable: { low: -4, high: 4 } });
    expect(flaw(svg)).toBeUndefined();
    const named = elements(svg, "g").filter(({ at }) => at["data-part"] !== undefined);
    expect(named).toHaveLength(20 + 14);
    expect(named.filter(({ at }) => at.role === "slider")).toHaveLength(20 + 11);
    expect(named.find(({ at }) => at["data-part"] === "R43[1,0]")!.at).toMatchObject({
      "aria-label": "carry a step before to p ∧ ¬c: weight R43[1,0]",
      "aria-valuenow": "-1",
      "aria-valuemin": "-4",
      "aria-valuemax": "4",
    });
    expect(named.find(({ at }) => at["data-part"] === "b3[2]")!.at["aria-label"]).toBe("p ∧ c: bias b3[2]");
    const chosen = circuitPicture(adder, { title: "", editable: { low: -4, high: 4, chosen: "b3[2]" } });
    expect(elements(chosen, "g").filter(({ at }) => at.class === "chosen")).toMatchObject([
      { at: { "data-part": "b3[2]" } },
    ]);
    // An image's parts can't be reached.
    expect(elements(svg, "svg")[0]!.at.role).toBe("group");
    expect(elements(circuitPicture(adder, { title: "" }), "svg")[0]!.at.role).toBe("img");
  });
});

test("numbers as short as can be", () => {
  expect([0, 1, -0.5, 2.5, -12, 0.3333, -1.26, 1e-7].map(shortNumber)).toEqual([
    "0",
    "1",
    "−½",
    "2½",
    "−12",
    "0.33",
    "−1.3",
    "1e−7",
  ]);
});
