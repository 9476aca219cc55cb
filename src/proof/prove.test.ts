import { expect, test } from "vitest";
import { reference } from "../runtime/reference/reference.ts";
import { leaky } from "./invariant/leaky.test-helper.ts";
import { prove } from "./prove.ts";

test("boxes that close are a proof, with the least margin", async () => {
  const verdict = await prove(leaky(0.5));
  expect(verdict.verdict).toBe("proved");
  if (verdict.verdict !== "proved") return;
  const { sets, moves, margin, found } = verdict.certificate;
  expect([sets.length, moves.length]).toEqual([1, 4]);
  expect(margin).toBeCloseTo(1, 2);
  expect(found).toEqual({ method: "boxes by machine state and last letters", recent: 0 });
});

test("where none is found, what blocked it is said: at which step, and by how much", async () => {
  const verdict = await prove(leaky(1), { recent: [0, 1] });
  expect(verdict.verdict).toBe("unknown");
  if (verdict.verdict !== "unknown") return;
  expect(verdict.tried).toEqual([
    expect.stringMatching(/^boxes by machine state, no letters remembered: a margin of -\d/),
    expect.stringMatching(/^boxes by machine state, the last letter remembered: a margin of -\d/),
  ]);
  const last = await prove(leaky(1), { recent: [1] });
  expect(last.verdict === "unknown" && last.blocked).toMatch(
    /^in the machine's state "only" after 1, by 0, with the last letter remembered: the answer "0" has a margin of only -/,
  );
});

test("and an input that fails is run", async () => {
  // By ones the unit comes to 1, and a 0 after them takes it to ¾ only, which is read as 1.
  const verdict = await prove(leaky(1), { refute: { runtime: reference } });
  expect(verdict.verdict).toBe("refuted");
  if (verdict.verdict !== "refuted") return;
  const { answer, exact, step, isShortest } = verdict.refutation;
  expect(isShortest).toBe(true);
  expect([answer[step], exact[step]]).toEqual([1, 0]);
});

test("of a network whose numbers aren't finite nothing is proved", async () => {
  const network = leaky(0.5);
  const b = { ...network.parameters.b!, data: Float64Array.of(Number.NaN) };
  const verdict = await prove({ ...network, parameters: { ...network.parameters, b } });
  expect(verdict).toMatchObject({ verdict: "unknown", blocked: "parameter b has numbers that aren't finite" });
});
