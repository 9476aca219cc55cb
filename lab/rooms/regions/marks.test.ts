/** Marks while lines are added, removed and turned round. */
import { drawnLines, makeArrangement, regionsOf } from "longhand";
import { expect, test } from "vitest";
import { isMarked, markField, markOf, toggled, withFlippedLine, withoutLine } from "./marks.ts";

const { hyperplanes } = drawnLines(5);
const four = regionsOf(makeArrangement(hyperplanes.slice(0, 4)));
const five = regionsOf(makeArrangement(hyperplanes));
const marks = [four[0]!, four[3]!].map(({ signs }) => markOf(signs));

test("what is marked stays marked where a line is added: both parts of what it cuts", () => {
  expect(four.filter((region) => isMarked(marks, region))).toEqual([four[0], four[3]]);
  const inFive = five.filter((region) => isMarked(marks, region));
  expect(inFive).toEqual(five.filter(({ signs }) => [four[0]!.signs, four[3]!.signs].includes(signs.slice(0, 4))));
  expect(inFive.length).toBeGreaterThan(1);
});

test("one region more, and one less", () => {
  const more = toggled(marks, five, five[6]!.signs);
  expect(five.filter((region) => isMarked(more, region)).length).toBe(
    five.filter((region) => isMarked(marks, region)).length + (isMarked(marks, five[6]!) ? -1 : 1),
  );
  const again = toggled(more, five, five[6]!.signs);
  expect(five.filter((region) => isMarked(again, region))).toEqual(five.filter((region) => isMarked(marks, region)));
});

test("without a line, its parts are one; where it is turned round, its sides are exchanged", () => {
  expect(withoutLine(["101", "111", "0"], 1)).toEqual(["11", "0"]);
  expect(withoutLine(["1"], 0)).toEqual([]);
  expect(withFlippedLine(["101", "11", "0"], 1)).toEqual(["111", "10", "0"]);
  expect(isMarked([""], { signs: "" })).toBe(false);
});

test("marks of anything else than sides are refused", () => {
  for (const text of ["", "2", "1".repeat(31), "+-"])
    expect(() => markField.read(text)).toThrow("expected 0 or 1 for each line");
});
