import { expect, test } from "vitest";
import { imageSheet } from "./image-sheet.ts";
import { elements, flaw } from "./svg.test-helper.ts";

const images = [
  { name: "#1", pixels: [0, 1, 0.5, 0], answer: "3", exact: "3" },
  { name: "#2", pixels: [1, 1, 0, 0], answer: "<&", exact: "8" },
  { name: "#3", pixels: [0, 0, 0, 0], answer: "5", exact: "5" },
];
const sheet = imageSheet({ title: "one wrong", width: 2, images, columns: 2 });

test("a dot for each pixel that isn't blank, of its shade, where it belongs", () => {
  const paths = elements(sheet, "path").map(({ at }) => at);
  expect(paths.map((path) => path["fill-opacity"])).toEqual(["0.5", "1"]);
  const dots = paths.map(({ d }) => [...d!.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)]));
  const [[half], [right, first, second]] = dots as [number[][], number[][]];
  // The half-dark pixel lies under the left edge of its image, the dark one beside it above.
  expect([right![0]! - half![0]!, half![1]! - right![1]!]).toEqual([4, 4]);
  expect(second![0]! - first![0]!).toBe(4);
  expect(second![1]).toBe(right![1]);
});

test("answers under the images, in rows; wrong ones with a frame and the exact answer", () => {
  const texts = elements(sheet, "text").filter(({ at }) => at.class !== "title");
  expect(texts.map(({ text }) => text)).toEqual(["3", "&lt;&amp; (8)", "5"]);
  expect(texts.map(({ at }) => at.class)).toEqual([undefined, "wrong", undefined]);
  expect(texts[0]!.at.y).toBe(texts[1]!.at.y);
  expect(Number(texts[2]!.at.y)).toBeGreaterThan(Number(texts[0]!.at.y));
  expect(texts[2]!.at.x).toBe(texts[0]!.at.x);
  const frames = elements(sheet, "rect").filter(({ at }) => at.class === "wrong");
  expect(frames).toHaveLength(1);
  expect(elements(sheet, "desc")[0]!.text).toBe("3 images, 1 of them answered wrong: #2 (&lt;&amp;, exact 8)");
  expect(flaw(sheet)).toBeUndefined();
});

test("pixels that make no rows are refused", () => {
  const wrong = [{ name: "#9", pixels: [0, 1, 0], answer: "", exact: "" }];
  expect(() => imageSheet({ title: "", width: 2, images: wrong })).toThrow("#9 has 3 pixels, expected rows of 2");
});

test("as many in a row as fit in 1,000 pixels, however long the answers are", () => {
  for (const answer of ["3", "seventy-seven", "x".repeat(200)]) {
    const many = Array.from({ length: 300 }, (_, k) => ({ name: `#${k}`, pixels: [1, 0], answer, exact: answer }));
    const width = Number(/width="([\d.]+)"/.exec(imageSheet({ title: "", width: 2, images: many }))![1]);
    if (answer.length < 100) expect(width).toBeLessThanOrEqual(1000);
    const texts = elements(imageSheet({ title: "", width: 2, images: many }), "text").slice(1);
    const inFirstRow = texts.filter(({ at }) => at.y === texts[0]!.at.y).length;
    expect(inFirstRow).toBeGreaterThan(answer.length < 100 ? 5 : 0);
  }
});
