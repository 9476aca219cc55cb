import { expect, test } from "vitest";
import { rate } from "../evaluation/index.ts";
import { ratesPicture } from "./rates.ts";
import { elements } from "./svg.test-helper.ts";

const bars = [
  { label: "paper", rate: rate(0, 100) },
  { label: "abc <b>", rate: rate(50, 100), within: 25 },
  { label: "?", rate: null },
];

// The longest label has 7 letters: 20 + 51 + 12 puts 0% at 83 and 100% at 483.
test("bars are as long as their rates say, with what is marked within them and the interval", () => {
  const svg = ratesPicture({ title: "How & often", name: "solved", within: "proved", bars });
  const rects = elements(svg, "rect").filter(({ at }) => at.height === "16");
  expect(rects.map(({ at }) => [at.class, at.x, at.y, at.width])).toEqual([
    ["rate", "83", "112", "200"],
    ["within", "83", "112", "100"],
  ]);
  const intervals = elements(svg, "path").flatMap(({ at }) => (at.class === "interval" ? [at.d] : []));
  // Wilson: 0 of 100 is 0 to 3.70%, 50 of 100 is 40.38% to 59.62%.
  expect(intervals).toEqual(["M83 92H97.8M83 88v8M97.8 88v8", "M244.53 120H321.47M244.53 116v8M321.47 116v8"]);
  const texts = elements(svg, "text").map(({ text }) => text);
  expect(texts).toContain("abc &lt;b&gt;");
  expect(texts).toContain("50 of 100, 25 proved");
  expect(texts.filter((text) => text.endsWith("%"))).toEqual(["0%", "25%", "50%", "75%", "100%"]);
  expect(elements(svg, "desc")[0]!.text).toBe(
    "solved. paper: 0 of 100, 0 proved. abc &lt;b&gt;: 50 of 100, 25 proved. ?: not known.",
  );
});

test("without anything marked", () => {
  const svg = ratesPicture({
    title: "T",
    name: "solved",
    bars: bars.slice(1, 2).map(({ label, rate }) => ({ label, rate })),
  });
  expect(svg).toContain("50 of 100<");
  expect(svg).not.toContain('class="within"');
});

test("what can't be drawn is refused", () => {
  expect(() => ratesPicture({ title: "T", name: "n", bars: [] })).toThrow("received no bar");
  const more = [{ label: "a", rate: rate(2, 9), within: 3 }];
  expect(() => ratesPicture({ title: "T", name: "n", bars: more })).toThrow("received 3 within 2");
});
