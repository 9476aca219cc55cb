import { describe, expect, test } from "vitest";
import { mergeConfig } from "./index.ts";

describe("settings on top of others", () => {
  test("objects are merged, everything else is replaced", () => {
    const base = { steps: 5, lengths: [1, 2], solved: { length: 3, samples: 4 } };
    const over = { lengths: [7, 8], solved: { samples: 9 } };
    expect(mergeConfig(base, over)).toEqual({ steps: 5, lengths: [7, 8], solved: { length: 3, samples: 9 } });
  });
  test("a part of another name starts anew", () => {
    const base = { model: { name: "ilrnn", layers: [8] } };
    expect(mergeConfig(base, { model: { name: "rnn" } })).toEqual({ model: { name: "rnn" } });
    expect(mergeConfig(base, { model: { layers: [4] } })).toEqual({ model: { name: "ilrnn", layers: [4] } });
  });
  test("a part that had no name yet gets it and keeps what it has", () => {
    const named = { model: { name: "dngpu", maps: 12 } };
    expect(mergeConfig({ model: { maps: 12 } }, { model: { name: "dngpu" } })).toEqual(named);
    expect(mergeConfig({ model: { name: "dngpu" } }, { model: { maps: 12 } })).toEqual(named);
  });
});
