import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomSource } from "../../random/index.ts";
import { countingLanguage } from "./counting-language.ts";

const languages = [countingLanguage("ab"), countingLanguage("abc")] as const;

/** All words of a language up to n = 9, with an end mark. */
const wordsOf = (letters: string) =>
  Array.from({ length: 9 }, (_, n) => `${[...letters].map((letter) => letter.repeat(n + 1)).join("")}T`);

/** What may come next, by trying: any symbol with which the beginning still begins a word. */
const legal = (letters: string, beginning: string) =>
  [...letters, "T"].filter((next) => wordsOf(letters).some((word) => word.startsWith(beginning + next))).join("");

describe.each([
  ["ab", languages[0]],
  ["abc", languages[1]],
] as const)("the language of %s", (letters, task) => {
  it("asks at every step for the symbols that may come next", () => {
    for (let n = 1; n <= 7; n++) {
      const problem = task.draw(randomSource(1).stream("any"), n, 1, "train");
      const word = task.format(problem);
      expect(`${word}T`).toBe(wordsOf(letters)[n - 1]);
      const expected = Array.from({ length: word.length + 1 }, (_, t) => legal(letters, word.slice(0, t)));
      expect(task.formatAnswer(problem.target, problem)).toBe(expected.join(" "));
      expect(task.steps(n)).toBe(word.length + 1);
      expect(task.heldOut!(n)).toEqual(problem);
    }
  });

  it("reads words and beginnings of them, and nothing else", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^a{1,5}b{0,6}c{0,6}$/), (text) => {
        const isOne = wordsOf(letters).some((word) => word.startsWith(text));
        if (!isOne) expect(() => task.parse(text)).toThrow(expect.objectContaining({ code: "input" }));
        else expect(task.format(task.parse(text))).toBe(text);
      }),
    );
    for (const text of ["", "b", "ba", "aTb", "x"]) expect(() => task.parse(text)).toThrow(/expected the word aabb/);
  });

  it("draws as many copies as asked for: there is one word of each n", () => {
    const { input, target } = task.draw(randomSource(1).stream("any"), 3, 2, "train");
    expect(input.slice(0, input.length / 2)).toEqual(input.slice(input.length / 2));
    expect(target.slice(0, target.length / 2)).toEqual(target.slice(target.length / 2));
  });
});

it("by hand", () => {
  const read = (task: (typeof languages)[number], text: string) => {
    const problem = task.parse(text);
    return [Array.from(problem.input).join(""), task.formatAnswer(problem.target, problem)];
  };
  expect(read(languages[0], "aabb")).toEqual(["01122", "a ab ab b T"]);
  expect(read(languages[0], "aaab")).toEqual(["01112", "a ab ab ab b"]);
  expect(read(languages[1], "aabbcc")).toEqual(["0112233", "a ab ab b c c T"]);
  // A network's answer: probabilities.
  expect(languages[0].formatAnswer(Float32Array.of(0.6, 0.4, 0.5, 0.1, 0.2, 0.3), languages[0].parse("a"))).toBe("a –");
});
