/** Singular, another program for polynomial ideals (Debian: `apt install singular-ui`), as an oracle. */
import { spawnSync } from "node:child_process";
import { formatPolynomial, type MonomialOrder, type Polynomial, parsePolynomial } from "../src/algebra/index.ts";

/**
 * Why tests with Singular are to be skipped, or undefined when they must run: it is there, or the environment variable
 * LONGHAND_REQUIRE_ALL is 1, so that they fail without it.
 */
export function reasonToSkipSingular(command = "Singular"): string | undefined {
  if (process.env.LONGHAND_REQUIRE_ALL === "1") return undefined;
  const { error } = spawnSync(command, ["--version"]);
  return error ? `skipped: no program ${command}; install the Debian package singular-ui` : undefined;
}

const orders: Readonly<Record<MonomialOrder, string>> = { lex: "lp", grlex: "Dp", grevlex: "dp" };

/** The reduced Gröbner bases of systems, each by an order, as Singular computes them. */
export function singularBases(
  systems: readonly { readonly system: readonly Polynomial[]; readonly order: MonomialOrder }[],
  command = "Singular",
): Polynomial[][] {
  const lines = systems.flatMap(({ system, order }, k) => {
    const { variables } = system[0]!;
    const ideal = system.map((p) => renamed(formatPolynomial(p), variables)).join(", ");
    return [
      `ring r${k} = 0, (${variables.map((_, i) => `v${i}_`).join(", ")}), ${orders[order]}; short = 0;`,
      `ideal i = ${ideal};`,
      'string(simplify(std(i), 1)); "--";',
    ];
  });
  const { status, stdout, stderr, error } = spawnSync(command, ["-q", "--no-rc", "--no-tty"], {
    input: ["option(redSB);", ...lines, "quit;", ""].join("\n"),
    encoding: "utf8",
    timeout: 50_000,
  });
  if (error) throw error;
  const parts = stdout.split(/^--$/m).slice(0, -1);
  if (status !== 0 || parts.length !== systems.length)
    throw new Error(`${command}: status ${status}\n${stdout}\n${stderr}`);
  return parts.map((part, k) => {
    const { variables } = systems[k]!.system[0]!;
    return (
      part
        // What it says of its own installation, such as modules that it does without.
        .replaceAll(/^\s*\/\/.*$/gm, "")
        .split(",")
        .map((text) => text.replaceAll(/v(\d+)_/g, (_, i) => variables[Number(i)]!))
        .map((text) => parsePolynomial(text, variables))
        .filter(({ terms }) => terms.length > 0)
    );
  });
}

/** The text with variables that Singular takes, of whatever names: v0_, v1_, … */
function renamed(text: string, variables: readonly string[]): string {
  return text.replaceAll(/[A-Za-z_]\w*(\[[\d,]+\])?/g, (name) => `v${variables.indexOf(name)}_`);
}
