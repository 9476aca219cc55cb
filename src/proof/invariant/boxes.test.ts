import { describe, expect, test } from "vitest";
import { binaryAddition, decimalAddition, parity } from "../../tasks/index.ts";
import { findInvariant, historyOf, type Invariant, searchInvariant } from "./boxes.ts";
import { echo, leaky } from "./leaky.test-helper.ts";

describe("machine states told apart by the last letters", () => {
  test.each([
    [0, 2, 4 + 2 * 4],
    // With and without a carry before the last letter.
    [1, 8, 4 + 8 * 4],
    // After the first letter alone 4, after two letters 16 with and 16 without a carry before them.
    [2, 36, 4 + 36 * 4],
  ])("binary addition, %i letters: %i sets, %i moves", (recent, sets, moves) => {
    const history = historyOf(binaryAddition.machine!, recent)!;
    expect([history.sets.length, history.moves.length]).toEqual([sets, moves]);
    for (const { from, letter, to, answer } of history.moves) {
      const [a, b] = letter as [number, number];
      const carry = from < 0 ? 0 : history.sets[from]!.state;
      expect(answer).toBe((a + b + carry) % 2);
      expect(history.sets[to]!.state).toBe(a + b + carry > 1 ? 1 : 0);
      const last = from < 0 ? { letters: [], before: [] } : history.sets[from]!;
      const kept = <Item>(items: readonly Item[]) => (recent === 0 ? [] : items.slice(-recent));
      expect(history.sets[to]!.letters).toEqual(kept([...last.letters, letter]));
      expect(history.sets[to]!.before).toEqual(kept([...last.before, carry]));
    }
  });

  test("too many moves are no history", () => {
    expect(historyOf(decimalAddition.machine!, 2, 100_000)).toBeUndefined();
  });
});

describe("boxes", () => {
  test("of a leaky unit are those worked out by hand", () => {
    // U = ½: h' = x/2 + h/4 + ¼. From 0 by 0 first: ¼. From [¼, 1]: by 0 to [5/16, ½], by 1 to [13/16, 1]. Margins: 1, 3/2.
    const history = historyOf(echo.machine!, 0)!;
    const { bounds, margin } = findInvariant(leaky(0.5), history) as Invariant;
    expect(bounds.lower[0]).toBeLessThanOrEqual(0.25);
    expect(bounds.lower[0]).toBeGreaterThan(0.25 - 2 ** -11);
    expect(bounds.upper[0]).toBeGreaterThanOrEqual(1);
    expect(bounds.upper[0]).toBeLessThan(1 + 2 ** -11);
    expect(margin).toBeLessThanOrEqual(1);
    expect(margin).toBeGreaterThan(1 - 2 ** -9);
  });

  test("with the last letter they are two, and smaller", () => {
    const history = historyOf(echo.machine!, 1)!;
    const { bounds } = findInvariant(leaky(0.5), history) as Invariant;
    // After 0: [¼, ½]; after 1: [¾, 1], ¾ by the first step from 0.
    const setAfter = (symbol: number) => history.sets.findIndex(({ letters }) => letters[0]![0] === symbol);
    expect(bounds.upper[setAfter(0)]).toBeCloseTo(0.5, 3);
    expect(bounds.lower[setAfter(1)]).toBeCloseTo(0.75, 3);
  });

  test("where the unit remembers too long the answer is no more certain, and it says which", () => {
    // U = 1: h' = x/2 + h/2 + ¼ comes to 1 by ones, and from there by 0 to ¾, above the threshold of ⅝.
    const found = searchInvariant(leaky(1), { recent: [0, 1] });
    expect(found.invariant).toBeUndefined();
    expect(found.obstacles.map(({ recent, reason }) => [recent, reason])).toEqual([
      [0, "margin"],
      [1, "margin"],
    ]);
    expect(found.obstacles[1]!.move.answer).toBe(0);
    expect(found.obstacles[1]!.margin).toBeLessThanOrEqual(0);
  });
});

test("a task's machine is what is proved: parity has two states and one letter remembered four sets", () => {
  expect(historyOf(parity.machine!, 1)!.sets.length).toBe(4);
});
