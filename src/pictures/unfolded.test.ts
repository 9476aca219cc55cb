import { describe, expect, test } from "vitest";
import { namedNetwork, unfold, unfoldedStructure } from "../analysis/index.ts";
import { elements, flaw } from "./svg.test-helper.ts";
import { unfoldedPicture } from "./unfolded.ts";
import { layUnfoldedOut } from "./unfolded-layout.ts";

const structureOf = (name: string, steps: number, options: object = {}) =>
  unfoldedStructure(unfold(namedNetwork(name, options), { steps }));
const textWidth = (text: string) => 7 * text.length;

describe("layout", () => {
  test("the output is on top, later steps are higher, inputs lie below and at the left of the layer that reads them", () => {
    const { layers } = layUnfoldedOut(structureOf("rnn", 4), textWidth);
    const at = (kind: string, time: number) => layers.find(({ layer }) => layer.kind === kind && layer.time === time)!;
    for (const { y, layer } of layers) if (layer.kind !== "output") expect(at("output", 4).y).toBeLessThan(y);
    for (const t of [1, 2, 3, 4]) {
      if (t > 1) expect(at("hidden", t).y).toBeLessThan(at("hidden", t - 1).y);
      expect(at("input", t).right).toBeLessThan(at("hidden", t).left);
      expect(at("input", t).y).toBeGreaterThan(at("hidden", t).y);
    }
  });
  test.each([
    ["rnn", {}],
    ["ilrnn", { hidden: [3, 9] }],
    ["stack", {}],
    ["lstm", { hidden: 40, input: 7 }],
  ])("%s: units cover no other unit, and all lies within the picture", (name, options) => {
    const { layers, width, height, radius } = layUnfoldedOut(structureOf(name, 3, options), textWidth);
    const units = layers.flatMap((placed) => placed.units);
    units.forEach((a, k) => {
      for (const b of units.slice(k + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * radius);
      expect(a.x - radius >= 0 && a.x + radius <= width).toBe(true);
      expect(a.y - radius >= 0 && a.y + radius <= height).toBe(true);
    });
  });
  test("of a wide layer six places are drawn, one of them for the rest", () => {
    const { layers } = layUnfoldedOut(structureOf("rnn", 1, { hidden: 7 }), textWidth);
    const hidden = layers.find(({ layer }) => layer.kind === "hidden")!;
    expect(hidden.units).toHaveLength(5);
    expect(hidden.more!.x).toBeLessThan(hidden.units[4]!.x);
    expect(layers.find(({ layer }) => layer.kind === "input")!.more).toBeUndefined();
  });
});

describe("picture", () => {
  const svg = unfoldedPicture(structureOf("rnn", 4), { title: "rnn <4>", subtitle: "papers/002" });

  test("is well-formed and says what it shows", () => {
    expect(flaw(svg)).toBeUndefined();
    expect(elements(svg, "title")[0]!.text).toBe("rnn &lt;4&gt;");
    expect(elements(svg, "desc")[0]!.text).toBe(
      "4 hidden layers, 13 units, 54 connections; 22 different weights in 67 places.",
    );
  });
  test("a circle for every unit and input, a line for every connection, in as many colours as there are matrices", () => {
    expect(elements(svg, "circle")).toHaveLength(13 + 8);
    const paths = elements(svg, "path").filter(({ at }) => at.class?.startsWith("line") && !at.style);
    expect(paths.map(({ at }) => at.d!.match(/M/g)!.length).reduce((a, b) => a + b)).toBe(54);
    expect(new Set(paths.map(({ at }) => at.class)).size).toBe(3);
    expect(paths.filter(({ at }) => at.class === paths[0]!.at.class)).toHaveLength(4);
  });
  test("shared weights have one name in all places", () => {
    const names = elements(svg, "text").filter(({ at }) => at.class?.startsWith("weight"));
    expect(names).toHaveLength(8);
    expect(svg.match(/<tspan class="above" dy="-5">\(rec\)<\/tspan>/g)).toHaveLength(3 + 1); // and the legend
  });
  test("what goes from unit to unit is dotted", () => {
    const dotted = (name: string) =>
      elements(unfoldedPicture(structureOf(name, 3), { title: "" }), "path").filter(({ at }) => at.class === "same");
    expect(dotted("lstm")).toHaveLength(2 + 1); // and the legend
    expect(dotted("rnn")).toHaveLength(0);
  });
  test("too many layers are refused", () => {
    expect(() => unfoldedPicture(structureOf("rnn", 100), { title: "" })).toThrow(
      "201 layers, inputs included; expected at most 200",
    );
  });
  test("layers, connections and names say what they are of", () => {
    const paths = elements(svg, "path").filter(({ at }) => at["data-parameters"] === "U");
    expect(paths.map(({ at }) => [at["data-values"], at["data-from"], at["data-time"]])).toEqual([
      ["h", "1", "2"],
      ["h", "2", "3"],
      ["h", "3", "4"],
    ]);
    expect(elements(svg, "text").filter(({ at }) => at["data-parameters"] === "U")).toHaveLength(3);
    const groups = elements(svg, "g").map(({ at }) => at);
    expect(groups.filter((at) => at["data-values"] === "h").map((at) => at["data-time"])).toEqual(["1", "2", "3", "4"]);
    expect(groups.filter((at) => at.class === "key").map((at) => at["data-parameters"])).toEqual(["W", "U", "V"]);
    const gated = unfoldedPicture(structureOf("lstm", 2), { title: "" });
    expect(elements(gated, "path").map(({ at }) => at["data-parameters"])).toContain("Ui Uf Ug Uo");
    const carried = elements(unfoldedPicture(structureOf("lstm-peephole", 2), { title: "" }), "path").find(
      ({ at }) => at.class === "same",
    )!;
    expect([carried.at["data-values"], carried.at["data-parameters"]]).toEqual(["c", "pi pf"]);
  });
  test("names of matrices: what is below is lowered, several arrays have one name", () => {
    const structure = unfoldedStructure(unfold(namedNetwork("lstm"), { steps: 2 }), "matrix");
    const drawn = unfoldedPicture(structure, { title: "" });
    expect(drawn).toContain('W<tspan class="below" dy="4">∗</tspan><tspan dy="-4"> for i, f, g, o: 2×3');
    expect(drawn).toContain(">h₂</text>");
    expect(flaw(drawn)).toBeUndefined();
  });
});
