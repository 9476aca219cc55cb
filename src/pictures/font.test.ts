import { expect, test } from "vitest";
import { dots, dotsWide } from "./font.ts";

/** Dots as text. */
function drawn(text: string): string[] {
  const rows = Array.from({ length: 7 }, () => Array<string>(dotsWide(text)).fill("."));
  for (const [x, y] of dots(text)) rows[y]![x] = "#";
  return rows.map((row) => row.join(""));
}

test("letters stand side by side, six dots apart", () => {
  expect(drawn("1l")).toEqual([
    "..#...#....",
    ".##...#....",
    "..#...#....",
    "..#...#....",
    "..#...#....",
    "..#...#....",
    ".###..#####",
  ]);
  expect([dotsWide(""), dotsWide("a"), dotsWide("abc")]).toEqual([0, 5, 17]);
});

test("every letter has seven rows of five dots, and a form of its own", () => {
  const letters = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-*×/=<>()[]|.,:;_#%&?!^·↓↘↙"];
  const forms = letters.map((letter) => drawn(letter).join("\n"));
  const unknown = drawn("\u{1f600}").join("\n");
  for (const form of forms) expect(form).toMatch(/^([.#]{5}\n){6}[.#]{5}$/);
  expect(new Set([...forms, unknown]).size).toBe(letters.length + 1);
  expect(drawn(" ").join("")).not.toContain("#");
});
