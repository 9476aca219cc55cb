/** Proofs that count: those that the checker accepts. */
import { checkCertificate } from "../check/check.ts";
import type { Network } from "../networks/index.ts";
import { type ProveOptions, prove, type Verdict } from "../proof/index.ts";

/**
 * Tries to prove that a network answers every input right, of any length: see `prove`. Only what the checker of certificates,
 * which shares no code with what finds them, accepts too counts as proved.
 * @throws LonghandError `argument` for tasks without a finite machine and for networks that read the whole problem first.
 */
export async function proveChecked(network: Network, options: ProveOptions = {}): Promise<Verdict> {
  const verdict = await prove(network, options);
  if (verdict.verdict !== "proved") return verdict;
  const result = await checkCertificate(verdict.certificate);
  if (result.accepted) return verdict;
  return {
    verdict: "unknown",
    blocked: `the checker rejects the certificate that was found: ${result.reason}`,
    tried: [],
  };
}
