import { rearrangement } from "./rearrangement.ts";

/** Sorting: l values 1 … 5 → the same in ascending order. */
export const sort = rearrangement({
  name: "sort",
  summary: "sort numbers from 1 to 5",
  example: "3 1 2",
  answer: (values) => values.slice().sort(),
});

/** Sorting by key: pairs (key, value) → the pairs in ascending order of keys, those of equal keys in the order they came. */
export const sortByKey = rearrangement({
  name: "sort-by-key",
  summary: "sort pairs of a key and a value by their keys, those of equal keys in the order they came",
  example: "3 1 1 5 3 4",
  group: 2,
  order: "each key before its value",
  isSpecial: (index) => index % 2 === 0,
  answer(input) {
    const pairs = Array.from({ length: input.length / 2 }, (_, i) => input.subarray(2 * i, 2 * i + 2));
    // Array.prototype.sort is stable.
    return pairs.sort((a, b) => a[0]! - b[0]!).flatMap((pair) => Array.from(pair));
  },
});
