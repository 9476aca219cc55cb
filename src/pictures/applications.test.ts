import { expect, test } from "vitest";
import { applicationsPicture, fiveApplications } from "./applications.ts";
import { elements, flaw } from "./svg.test-helper.ts";

test("a box for each thing read, each state and each answer asked, and arrows between them", () => {
  const ways = [{ title: "a < b", example: "x", reads: [true, false, true], asks: [false, true, true] }];
  const picture = applicationsPicture(ways);
  const boxes = (kind: string) => elements(picture, "rect").filter(({ at }) => at.class === kind);
  const xOf = (kind: string) => boxes(kind).map(({ at }) => Number(at.x));
  const states = xOf("state");
  expect(states).toHaveLength(3);
  expect(xOf("read")).toEqual([states[0], states[2]]);
  expect(xOf("asked")).toEqual([states[1], states[2]]);
  const heights = ["asked", "state", "read"].map((kind) => Number(boxes(kind)[0]!.at.y));
  expect(heights).toEqual([...heights].sort((a, b) => a - b));
  // Two between states, one for each thing read or asked; the tip is a path too.
  expect(elements(picture, "path")).toHaveLength(1 + 2 + 4);
  expect(elements(picture, "desc")[0]!.text).toBe("a &lt; b: reads at steps 1, 3, answers at steps 2, 3");
  expect(flaw(picture)).toBeUndefined();
});

test("the five ways are five", () => {
  expect(fiveApplications).toHaveLength(5);
  expect(flaw(applicationsPicture())).toBeUndefined();
  for (const { reads, asks } of fiveApplications) expect(reads.length).toBe(asks.length);
});
