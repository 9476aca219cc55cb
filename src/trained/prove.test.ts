import { expect, test } from "vitest";
import { checkCertificate } from "../check/check.ts";
import { fullAdder, noisyParameters } from "../networks/index.ts";
import { randomSource } from "../random/index.ts";
import { reference } from "../runtime/reference/reference.ts";
import { proveChecked } from "./prove.ts";

test("what is proved is accepted by the checker, and no search for errors is begun", async () => {
  let isAsked = false;
  const refute = () => {
    isAsked = true;
    return { runtime: reference };
  };
  const verdict = await proveChecked(fullAdder.network, { refute });
  expect(verdict.verdict).toBe("proved");
  if (verdict.verdict !== "proved") return;
  expect(await checkCertificate(verdict.certificate)).toMatchObject({ accepted: true, sets: 8, moves: 36 });
  expect(isAsked).toBe(false);
});

test("what isn't proved is searched for an input that fails", async () => {
  const parameters = noisyParameters(fullAdder.network.parameters, 1e-6, randomSource(1));
  const network = { ...fullAdder.network, parameters };
  expect((await proveChecked(network)).verdict).toBe("unknown");
  const verdict = await proveChecked(network, { refute: async () => ({ runtime: reference }) });
  expect(verdict.verdict).toBe("refuted");
  if (verdict.verdict !== "refuted") return;
  const { answer, exact, step } = verdict.refutation;
  expect(answer[step]).not.toBe(exact[step]);
});
