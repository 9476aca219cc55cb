import { describe, expect, it } from "vitest";
import { padBatch } from "./padded.ts";

describe("padBatch", () => {
  const problems = [Int32Array.of(2, 12, 1), Int32Array.of(5)];
  const answers = [Int32Array.of(1, 1, -1), Int32Array.of(0)];

  it("puts problems of different lengths side by side, −1 after each", () => {
    const batch = padBatch(problems, answers, 4);
    expect(Array.from(batch.input)).toEqual([2, 12, 1, -1, 5, -1, -1, -1]);
    expect(Array.from(batch.target)).toEqual([1, 1, -1, -1, 0, -1, -1, -1]);
  });

  it("refuses what doesn't fit", () => {
    const refused = (message: RegExp) =>
      expect.objectContaining({ code: "argument", message: expect.stringMatching(message) });
    expect(() => padBatch(problems, answers, 2)).toThrow(refused(/problem 0 has 3 symbols; expected ≤ 2/));
    expect(() => padBatch(problems, answers.slice(1), 4)).toThrow(refused(/1 answers; expected 2/));
    expect(() => padBatch(problems, [...answers].reverse(), 4)).toThrow(refused(/answer 0 has 1 symbols; expected 3/));
    expect(() => padBatch(problems, answers, 2.5)).toThrow(refused(/length is 2.5/));
  });
});
