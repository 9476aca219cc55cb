import { expect, test } from "vitest";
import { curvesPicture } from "./curves.ts";
import { mapsSvg } from "./maps.ts";
import { flaw } from "./svg.test-helper.ts";
import { escaped } from "./svg.ts";
import { tracePicture } from "./trace.ts";

const nasty = 'a < b & "c" ]]> \u0000\u001b \ud800 \uffff é \u{1f600}';

test("every picture is well-formed, whatever the names", () => {
  const run = { x: [0, 1, 2], y: [1, 2, Number.NaN] };
  const pictures = [
    tracePicture({ title: nasty, steps: [nasty], groups: [[{ label: nasty, values: [0.5], texts: [nasty] }]] }),
    curvesPicture({
      title: nasty,
      x: { label: nasty },
      y: { label: nasty },
      series: [{ name: nasty, runs: [run, run] }],
    }),
    mapsSvg({
      ...{
        task: nasty,
        input: [nasty],
        answer: [nasty],
        exact: ["x"],
        values: new Float32Array(2),
        time: 1,
        length: 1,
      },
      ...{ maps: 1, directions: [0], range: [-1, 1] },
    }),
  ];
  for (const svg of pictures) expect(flaw(svg)).toBeUndefined();
  expect(["<a><b></a></b>", '<a x="1" x="2"/>', "<a>&nbsp;</a>", "<a>", "<a/>b"].filter((xml) => !flaw(xml))).toEqual(
    [],
  );
});

test("text is escaped, and what XML has no form for replaced", () => {
  expect(escaped(nasty)).toBe("a &lt; b &amp; &quot;c&quot; ]]&gt; \ufffd\ufffd \ufffd \ufffd é \u{1f600}");
});
