import { connectionPart, fullAdder, type Network, parityNetwork, wiringOf } from "longhand";
import { expect, test } from "vitest";
import { connectedBy, targetsOf, withoutWeak } from "./connections.ts";
import { edited, placeOf } from "./edits.ts";

test.each([fullAdder, parityNetwork])("$name: every number that it has, once", ({ network, inputs, units }) => {
  const parts = targetsOf({ inputs, units }).flatMap((target) => target.parts.map(({ part }) => part));
  const places = parts.map((part) => placeOf(network.parameters, part));
  expect(places.every((place) => place !== undefined)).toBe(true);
  expect(new Set(parts).size).toBe(parts.length);
  expect(parts).toHaveLength(Object.values(network.parameters).reduce((sum, { data }) => sum + data.length, 0));
});

test("what acts on a unit, by name", () => {
  const sum = targetsOf(fullAdder).find(({ name }) => name === "sum")!;
  expect(sum.parts[0]).toEqual({ part: "b4[0]", from: "its bias" });
  expect(sum.parts).toContainEqual({ part: "W4[1,0]", from: "¬p ∧ c" });
  expect(sum.parts).toContainEqual({ part: "R44[1,0]", from: "carry, a step before" });
});

const connections = (network: Network, parameters: Network["parameters"]) =>
  wiringOf({ ...network, parameters }, fullAdder).connections.map(connectionPart);

test("a weight that was cut stays to be seen, and so does one that is chosen to be made", () => {
  const { network } = fullAdder;
  const now = edited(network.parameters, [
    { part: "R43[1,0]", value: 0 },
    { part: "R11[0,0]", value: 2 },
  ]);
  const all = connections(network, network.parameters);
  const found = (chosen: string) => connections(network, connectedBy(network.parameters, now, chosen));
  expect(found("").sort()).toEqual([...all, "R11[0,0]"].sort());
  expect(found("W2[0,1]").sort()).toEqual([...all, "R11[0,0]", "W2[0,1]"].sort());
  expect(found("h4[1]")).toHaveLength(21);
});

test("weak connections are left out, those that are kept aren't", () => {
  const { network } = fullAdder;
  const weaker = edited(network.parameters, [
    { part: "W3[0,0]", value: 0.4 },
    { part: "W3[1,3]", value: -0.4 },
  ]);
  const wiring = wiringOf({ ...network, parameters: weaker }, fullAdder);
  const of = (least: number, kept: string[] = []) =>
    withoutWeak(wiring, least, new Set(kept)).connections.map(connectionPart);
  expect(of(0)).toHaveLength(20);
  expect(of(0.4)).toHaveLength(20);
  expect(of(0.41)).toHaveLength(18);
  expect(of(0.41, ["W3[1,3]"])).toContain("W3[1,3]");
});
