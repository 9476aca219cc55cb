import { expect, test } from "vitest";
import { rational } from "../../algebra/rational.ts";
import { openSolver } from "./solver.ts";

/** n + 1 pigeons in n holes: without a solution, and far beyond a few seconds for n = 13. */
function pigeons(n: number): string {
  const lines: string[] = [];
  for (let i = 0; i <= n; i++) for (let j = 0; j < n; j++) lines.push(`(declare-const p${i}_${j} Bool)`);
  const holes = Array.from({ length: n }, (_, j) => j);
  for (let i = 0; i <= n; i++) lines.push(`(assert (or ${holes.map((j) => `p${i}_${j}`).join(" ")}))`);
  for (const j of holes)
    for (let i = 0; i <= n; i++)
      for (let k = 0; k < i; k++) lines.push(`(assert (or (not p${i}_${j}) (not p${k}_${j})))`);
  return lines.join("\n");
}

test("solutions are exact, and there are none where there are none", async () => {
  await using solver = await openSolver();
  const text = "(declare-const x Real) (declare-const y Real) (assert (= (* 3.0 x) 1.0)) (assert (= (+ x y) (- 1.0)))";
  expect(await solver.check(text, { unknowns: ["x", "y"], seconds: 30 })).toEqual({
    answer: "sat",
    values: { x: rational(1, 3), y: rational(-4, 3) },
  });
  expect(await solver.check(`${text} (assert (> x 1.0))`, { unknowns: [], seconds: 30 })).toEqual({ answer: "unsat" });
  expect(await solver.check(pigeons(4), { unknowns: [], seconds: 30 })).toEqual({ answer: "unsat" });
});

test("time is kept, and an interruption ends it; it can be asked again", async () => {
  await using solver = await openSolver();
  const late = await solver.check(pigeons(13), { unknowns: [], seconds: 0.3 });
  expect(late).toEqual({ answer: "unknown", reason: "out of time" });
  // At once as well: before the solver's thread has begun.
  for (const delay of [0, 200]) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), delay);
    const { signal } = controller;
    const stopped = await solver.check(pigeons(13), { unknowns: [], seconds: 60, signal });
    expect(stopped).toEqual({ answer: "unknown", reason: "interrupted" });
  }
  expect(await solver.check(pigeons(3), { unknowns: [], seconds: 30 })).toEqual({ answer: "unsat" });
}, 60_000);

test("memory is bounded; text that is no problem is told", async () => {
  await using solver = await openSolver(15);
  const { answer, ...rest } = await solver.check(pigeons(13), { unknowns: [], seconds: 30 });
  expect(answer).toBe("unknown");
  expect(rest).toMatchObject({ reason: expect.stringMatching(/memory/) });
  await using other = await openSolver();
  expect(await other.check("(assert (> x 1.0))", { unknowns: [], seconds: 30 })).toMatchObject({
    answer: "unknown",
    reason: expect.stringMatching(/unknown constant x/),
  });
}, 60_000);
