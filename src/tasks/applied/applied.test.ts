import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomSource } from "../../random/index.ts";
import type { DrawnBatch, DrawnTask } from "../contract.ts";
import { aliceText } from "./alice-text.ts";
import { digitImages } from "./digit-images.ts";
import { digitLines } from "./digit-lines.ts";
import { digitNames, digitRows, digits } from "./digits.ts";
import { appliedTasks } from "./index.ts";
import { nextCharacter } from "./next-character.ts";
import { numberFromWords, numberInWords } from "./number-words.ts";
import { textTask } from "./text-task.ts";
import { numberWords } from "./words-to-digits.ts";

const random = randomSource(1);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Problem k of a batch, as a batch of one. */
function problemOf({ input, target, lengths }: DrawnBatch, k: number, count: number): DrawnBatch {
  const part = <A extends Int32Array | Float32Array>(array: A) =>
    array.slice((k * array.length) / count, ((k + 1) * array.length) / count) as A;
  return { input: part(input), target: part(target), ...(lengths && { lengths: part(lengths) }) };
}

describe("the data are what they were", () => {
  test("digits: checksum, counts of each class as scikit-learn has them, and the mean of all dots", () => {
    expect(sha256(digitLines)).toBe("dce21d5d7164e98074d75c4c76953c97cfb4cdfc5a3fb62ac4df97b5a0583904");
    const all = [...digitImages("train"), ...digitImages("test")];
    const counts = Array.from({ length: 10 }, (_, digit) => all.filter((image) => image.digit === digit).length);
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    const dots = all.reduce((sum, { pixels }) => sum + pixels.reduce((a, b) => a + 16 * b, 0), 0);
    expect(dots / all.length / 64).toBeCloseTo(4.884165, 6);
  });

  test("digits: no image is on both sides, and every fifth is held out", () => {
    const [train, held] = [digitImages("train"), digitImages("test")];
    expect([train.length, held.length]).toEqual([1438, 359]);
    const names = new Set([...train, ...held].map(({ pixels }) => pixels.join()));
    expect(names.size).toBe(1797);
    expect(held[0]!.digit).toBe(4);
    expect(held.slice(0, 8).map(({ name }) => name)).toEqual(["#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"]);
  });

  test("Alice: checksum, and the side that is held out comes after the other", () => {
    expect(sha256(aliceText)).toBe("fd885fa229dbc328df2547860c66bdcbffe6641c288d85567b603bcc317e0e70");
    const { symbols } = nextCharacter.text!;
    const whole = [...symbols("train"), ...symbols("test")].map((symbol) => nextCharacter.output[symbol]).join("");
    expect(whole).toBe(aliceText);
    expect([symbols("train").length, symbols("test").length, nextCharacter.output.length]).toEqual([
      127_906, 14_212, 66,
    ]);
  });
});

describe("numbers in words", () => {
  test.each([
    [0, "zero"],
    [19, "nineteen"],
    [40, "forty"],
    [305, "three hundred and five"],
    [1_000, "one thousand"],
    [42_042, "forty-two thousand and forty-two"],
    [300_300, "three hundred thousand three hundred"],
    [999_999, "nine hundred and ninety-nine thousand nine hundred and ninety-nine"],
  ])("%d", (value, words) => {
    expect(numberInWords(value)).toBe(words);
    expect(numberFromWords(words)).toBe(value);
  });

  test("every number up to 999,999 is read as it was written, and written as an independent writer does", () => {
    for (let value = 0; value < 1_000_000; value++) {
      const words = numberInWords(value);
      if (words !== byDigits(value) || numberFromWords(words) !== value) expect.fail(`${value}: ${words}`);
    }
    expect(numberFromWords(numberInWords(999_999))).toBe(999_999);
  });

  test("they are read in capitals, without and, without hyphens", () => {
    expect(numberFromWords(" Two Hundred five thousand SIXTY one ")).toBe(205_061);
  });

  test.each([
    ...["", "and", "five and", "five and six", "hundred", "twenty eleven", "twenty zero", "one two", "ten hundred"],
    ...[
      "thousand",
      "one thousand two thousand",
      "thirty-ten",
      "seven eight hundred",
      "zero five",
      "five hundred hundred",
    ],
    ...["nineteen one", "constructor"],
  ])("%j is no number", (text) => {
    expect(numberFromWords(text)).toBeUndefined();
  });

  /** From the decimal digits, three at a time: another route than division. */
  function byDigits(value: number): string {
    const ones = "zero one two three four five six seven eight nine".split(" ");
    const teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
    const tens = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
    const three = (digits: string): string[] => {
      const [h, t, u] = Array.from(digits, Number) as [number, number, number];
      const two =
        t === 0 ? (u === 0 ? "" : ones[u]!) : t === 1 ? teens[u]! : tens[t]! + (u === 0 ? "" : `-${ones[u]!}`);
      return [...(h > 0 ? [`${ones[h]!} hundred`] : []), ...(two ? [two] : [])];
    };
    if (value === 0) return "zero";
    const text = String(value).padStart(6, "0");
    const high = three(text.slice(0, 3)).join(" and ");
    const low = three(text.slice(3));
    const joined = low.join(" and ");
    if (!high) return joined;
    if (!joined) return `${high} thousand`;
    return `${high} thousand ${low.length === 1 && !joined.endsWith("hundred") ? "and " : ""}${joined}`;
  }
});

describe.each(appliedTasks.map((task) => [task.name, task] as const))("%s", (_, task: DrawnTask) => {
  const [low, high] = task.defaultTrainLengths;
  const lengths = Array.from({ length: high - low + 1 }, (_, k) => low + k).filter(task.validLength);

  test("the same stream draws the same problems, of the shapes promised", () => {
    fc.assert(
      fc.property(fc.constantFrom(...lengths), fc.integer({ min: 1, max: 5 }), fc.nat(1000), (length, count, k) => {
        const draw = () => task.draw(random.stream("draw", k), length, count, k % 2 ? "train" : "test");
        const { input, target, lengths: own } = draw();
        expect(draw()).toEqual({ input, target, ...(own && { lengths: own }) });
        const steps = task.steps(length);
        expect(target.length).toBe(count * steps);
        expect(input.length).toBe(count * steps * (task.features?.length ?? 1));
        expect(target.every((symbol) => symbol >= -1 && symbol < task.output.length)).toBe(true);
        expect(Boolean(own)).toBe(task.padded === true);
        own?.forEach((end, row) => {
          const [start, stop] = [row * steps, (row + 1) * steps];
          expect(input.slice(start, start + end).every((symbol) => symbol >= 0)).toBe(true);
          expect(input.slice(start + end, stop).every((symbol) => symbol === -1)).toBe(true);
          expect(target.slice(start + end, stop).every((symbol) => symbol === -1)).toBe(true);
          // Asked right before the end.
          expect(target[start + end - 1]).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 30 },
    );
  });

  test("a problem as text is read as the same problem", () => {
    for (const length of lengths) {
      const drawn = task.draw(random.stream("text", length), length, 4, "test");
      for (let k = 0; k < 4; k++) {
        const problem = problemOf(drawn, k, 4);
        const again = task.parse(task.format(problem));
        expect(task.format(again)).toBe(task.format(problem));
        expect(Array.from(again.input)).toEqual(Array.from(problem.input).slice(0, again.input.length));
        // Of a passage alone the character after its last isn't known.
        const known = again.target.filter((symbol) => symbol >= 0);
        const asked = problem.target.filter((symbol) => symbol >= 0);
        expect(Array.from(known)).toEqual(Array.from(asked).slice(0, known.length));
        expect(asked.length - known.length).toBe(task === nextCharacter ? 1 : 0);
      }
    }
  });

  test("its example is read; other lengths and texts are refused", () => {
    expect(task.parse(task.example).input.length).toBeGreaterThan(0);
    for (const length of [0, 1.5, -1, 1e9]) {
      expect(() => task.steps(length)).toThrow(`${task.name}: length is ${length}`);
      expect(() => task.draw(random.stream("x"), length, 1, "test")).toThrow(`${task.name}: length is`);
    }
    for (const text of ["", "#0", "#360", "ünf", "7:0123"]) {
      if (task === nextCharacter && text !== "" && text !== "ünf") continue;
      expect(() => task.parse(text)).toThrow(`${task.name}: `);
    }
  });
});

describe("digits", () => {
  const seventeenth = digitImages("test")[16]!;

  test("row by row: all pixels in order, asked after the last row", () => {
    const { input, target } = digitRows.parse("#17");
    expect(input).toEqual(seventeenth.pixels);
    expect(Array.from(target)).toEqual([-1, -1, -1, -1, -1, -1, -1, seventeenth.digit]);
    expect(digitRows.formatAnswer(target, { input, target })).toBe(String(seventeenth.digit));
  });

  test("names: the image at the first step, nothing later, letters and a full stop", () => {
    const { input, target } = digitNames.parse("train#4");
    expect(input.slice(0, 64)).toEqual(digitImages("train")[3]!.pixels);
    expect(input.slice(64).every((pixel) => pixel === 0)).toBe(true);
    expect(Array.from(target, (symbol) => digitNames.output[symbol] ?? " ").join("")).toBe("three.");
    expect(digitNames.formatAnswer(target, { input, target })).toBe("three");
    // What comes after a full stop isn't said; a name without one doesn't end.
    const said = (text: string) => Int32Array.from(text, (letter) => digitNames.output.indexOf(letter));
    expect(digitNames.formatAnswer(said("two.xx"), { input, target })).toBe("two");
    expect(digitNames.formatAnswer(said("twooww"), { input, target })).toBe("twooww…");
  });

  test("all held-out images are tested once, in order", () => {
    const { input, target } = digits.heldOut!(1);
    expect(target.length).toBe(359);
    expect(Array.from(target)).toEqual(digitImages("test").map(({ digit }) => digit));
    expect(input.slice(64 * 16, 64 * 17)).toEqual(seventeenth.pixels);
  });

  test("an image that somebody wrote", () => {
    const rows = ["00000000", "000gg000", "000gg000", "000gg000", "000gg000", "000gg000", "000gg000", "00000008"];
    const problem = digits.parse(`1:${rows.join("/")}`);
    expect(problem.input[8 + 3]).toBe(1);
    expect(problem.input[63]).toBe(0.5);
    expect(digits.format(problem)).toBe(`1:${rows.join("/")}`);
  });

  test("sides are kept apart", () => {
    const held = new Set(digitImages("test").map(({ pixels }) => pixels.join()));
    const { input } = digits.draw(random.stream("sides"), 1, 300, "train");
    for (let k = 0; k < 300; k++) expect(held.has(input.slice(64 * k, 64 * (k + 1)).join())).toBe(false);
  });
});

describe("number words", () => {
  const valuesOf = (side: "train" | "test", length: number, count: number) => {
    const drawn = numberWords.draw(random.stream(side, length), length, count, side);
    return Array.from({ length: count }, (_, k) => {
      const problem = problemOf(drawn, k, count);
      return numberWords.formatAnswer(problem.target, problem);
    });
  };

  test("no number of three digits or more is on both sides, and about a sixteenth is held out", () => {
    const [train, held] = [new Set(valuesOf("train", 3, 8000)), new Set(valuesOf("test", 3, 2000))];
    expect([...held].filter((value) => train.has(value))).toEqual([]);
    expect(train.size + held.size).toBe(900);
    expect(held.size).toBeGreaterThan(35);
    expect(held.size).toBeLessThan(80);
    expect(new Set(valuesOf("train", 2, 2000)).size).toBe(90);
    expect(new Set(valuesOf("train", 1, 200)).size).toBe(10);
  });

  test("the longest words fit exactly", () => {
    for (let length = 1; length <= 6; length++) {
      const [low, high] = [length === 1 ? 0 : 10 ** (length - 1), 10 ** length];
      let longest = 0;
      for (let value = low; value < high; value += length < 6 ? 1 : 7) {
        longest = Math.max(longest, numberInWords(value).length);
      }
      if (length === 6) longest = Math.max(longest, numberInWords(373_373).length);
      expect(numberWords.steps(length)).toBe(longest + length);
    }
  });

  test("letters, then as many arrows as digits", () => {
    const { input, target, lengths } = numberWords.parse("Forty-two");
    expect(Array.from(input, (symbol) => numberWords.channels[0]![symbol]).join("")).toBe("forty-two→→");
    expect(Array.from(target)).toEqual([-1, -1, -1, -1, -1, -1, -1, -1, -1, 4, 2]);
    expect(lengths).toEqual(Int32Array.of(11));
    expect(numberWords.format(numberWords.parse("42"))).toBe("forty-two");
  });

  test.each([
    ["forty-qwo", '"q" at 7'],
    ["twenty eleven", '"twenty eleven" is no number'],
    ["1000000", '"1" at 1'],
  ])("%j is refused", (text, message) => {
    expect(() => numberWords.parse(text)).toThrow(message);
  });
});

describe("next character", () => {
  test("asked at each step is what is read at the next, within a side", () => {
    for (const side of ["train", "test"] as const) {
      const problem = nextCharacter.draw(random.stream(side), 30, 1, side);
      expect(Array.from(problem.target.slice(0, -1))).toEqual(Array.from(problem.input.slice(1)));
      const text = Array.from(problem.input, (symbol) => nextCharacter.output[symbol]).join("");
      const at = [aliceText.indexOf(text), aliceText.lastIndexOf(text)];
      expect(side === "train" ? at[0]! + 30 < 127_906 : at[1]! >= 127_906).toBe(true);
    }
  });

  test("the held-out part is tested in passages that don't overlap; as one, all of it", () => {
    const { target } = nextCharacter.heldOut!(64);
    const held = nextCharacter.text!.symbols("test");
    expect(target.length).toBe(222 * 64);
    expect(Array.from(target)).toEqual(Array.from(held.slice(1, 222 * 64 + 1)));
    expect(nextCharacter.heldOut!(held.length - 1).target.length).toBe(14_211);
  });

  test("any text makes a task, of its own characters", () => {
    const task = textTask({ name: "own", source: "here", text: "añb añb añb 😀 añb", heldOut: 0.25 });
    expect(task.output).toEqual([" ", "a", "b", "ñ", "😀"]);
    // 17 characters: twelve to train on, five held out, of which four can be asked.
    expect(task.text!.symbols("train").length).toBe(12);
    expect(task.heldOut!(2).target).toEqual(
      Int32Array.from([..." añb"], (character) => task.output.indexOf(character)),
    );
    expect([0, 1, 4, 5].map(task.validLength)).toEqual([false, true, true, false]);
    expect(task.text!.start).toBe("a");
    expect(task.format(task.parse("😀 a"))).toBe("😀 a");
  });

  test.each([
    [{ text: "aaaa" }, "4 characters, 1 different ones"],
    [{ text: "" }, "0 characters"],
    [{ text: "ababab", heldOut: 0.01 }, "6 characters, 2 different"],
    [{ text: "abababab", heldOut: 1 }, "heldOut is 1"],
  ])("%j makes none", (options, message) => {
    expect(() => textTask({ name: "own", source: "here", ...options })).toThrow(message);
  });

  test("ends of lines are written ⏎", () => {
    const problem = nextCharacter.parse("she.⏎Alice");
    expect(nextCharacter.output[problem.input[4]!]).toBe("\n");
    expect(nextCharacter.format(problem)).toBe("she.⏎Alice");
    expect(() => nextCharacter.parse("naïve")).toThrow('"ï" at 3 isn\'t in the text');
  });
});
