/** Z3 compiled to WebAssembly: loaded when it is asked for, bounded in time and memory, and ended with its threads. */
import { type Rational, rational } from "../../algebra/rational.ts";
import { LonghandError } from "../../errors.ts";

/** What a solver says of a problem. */
export type Answer =
  | { readonly answer: "sat"; readonly values: Readonly<Record<string, Rational>> }
  | { readonly answer: "unsat" }
  | { readonly answer: "unknown"; readonly reason: string };

export interface CheckOptions {
  /** Unknowns whose values are wanted. */
  readonly unknowns: readonly string[];
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** A solver with threads of its own; one problem at a time. */
export interface Solver extends AsyncDisposable {
  /** Whether a problem, SMT-LIB text of declarations and assertions over real numbers, has a solution. */
  check(text: string, options: CheckOptions): Promise<Answer>;
}

/** How long it may take to stop, in seconds, before it is left alone and its threads are ended with what they do. */
const GRACE = 10;

/**
 * Loads Z3 and starts its threads. Hold it with `await using`: its threads keep a process alive.
 * @param megabytes that it may use. Default 1000.
 * @throws LonghandError `unsupported` where it can't be loaded.
 */
export async function openSolver(megabytes = 1000): Promise<Solver> {
  const module = await load();
  // It reports threads that were ended while at work, which is how all of them end here.
  const { Context, Z3, em } = await module.init({ printErr: () => {} });
  Z3.global_param_set("memory_max_size", String(megabytes));
  const context = Context("longhand");
  let isBroken = false;
  return {
    async check(text, { unknowns, seconds, signal }) {
      if (isBroken) return unknown("the solver was stopped");
      if (signal?.aborted) return unknown("interrupted");
      if (seconds <= 0) return unknown("out of time");
      let timer: ReturnType<typeof setTimeout> | undefined;
      let asking: ReturnType<typeof setInterval> | undefined;
      let stop = () => {};
      try {
        const solver = new context.Solver();
        solver.set("timeout", Math.ceil(1000 * seconds));
        solver.fromString(text);
        const abandoned = new Promise<"abandoned">((resolve) => {
          stop = () => {
            clearTimeout(timer);
            timer = setTimeout(() => resolve("abandoned"), 1000 * GRACE);
            // One that comes before the solver has begun is lost.
            asking ??= setInterval(() => context.interrupt(), 20);
          };
          timer = setTimeout(stop, 1000 * (seconds + 1));
          signal?.addEventListener("abort", stop);
        });
        const answer = await Promise.race([solver.check(), abandoned]);
        if (answer === "abandoned") isBroken = true;
        if (answer === "unsat") return { answer };
        if (answer !== "sat") {
          const said = answer === "abandoned" ? "timeout" : Z3.solver_get_reason_unknown(context.ptr, solver.ptr);
          return unknown(
            signal?.aborted ? "interrupted" : /timeout|cancel|interrupt/.test(said) ? "out of time" : said,
          );
        }
        const model = solver.model();
        const values = unknowns.map((name) => {
          const value = model.eval(context.Real.const(name), true);
          if (!context.isRealVal(value)) throw new Error(`${name} is ${value.toString()}`);
          const { numerator, denominator } = value.value();
          return [name, rational(numerator, denominator)] as const;
        });
        return { answer, values: Object.fromEntries(values) };
      } catch (error) {
        // WebAssembly that has no more memory ends in a trap or an error of the library.
        isBroken = true;
        return unknown(`the solver failed: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        clearTimeout(timer);
        clearInterval(asking);
        signal?.removeEventListener("abort", stop);
      }
    },
    async [Symbol.asyncDispose]() {
      await module.killThreads(em).catch(() => {});
    },
  };
}

async function load(): Promise<typeof import("z3-solver")> {
  try {
    const module = await import("z3-solver");
    // In a page the package has another entry, which needs a script that the page hasn't loaded.
    if (typeof module.killThreads === "function") return module;
  } catch (cause) {
    throw new LonghandError(
      "unsupported",
      `solver: z3-solver can't be loaded; expected Node with the package installed`,
      {
        cause,
      },
    );
  }
  throw new LonghandError("unsupported", "solver: z3-solver runs in Node alone; received a page");
}

function unknown(reason: string): Answer {
  return { answer: "unknown", reason };
}
