/** Numbers in the place of signs, for looking regions up: strings of hundreds of signs take far longer. */
import { randomSource } from "../../random/index.ts";

const SIZE = 2 ** 52;

/**
 * A random number below 2⁵² for each plane; always the same. A region's code is the sum, modulo 2⁵², of those whose positive side
 * it is on. Two of 100,000 regions have the same code with a probability of about 10⁻⁶.
 */
export function signKeys(count: number): readonly number[] {
  const uniform = randomSource(0).stream("sign keys").uniform(new Float64Array(count));
  return Array.from(uniform, (value) => Math.floor(value * SIZE));
}

/** The code with one more key. */
export function withKey(code: number, key: number): number {
  return (code + key) % SIZE;
}

/** The code with one key less. */
export function withoutKey(code: number, key: number): number {
  return (code + SIZE - key) % SIZE;
}

/** The code of signs. */
export function codeOf(signs: string, keys: readonly number[]): number {
  let code = 0;
  for (let k = 0; k < signs.length; k++) if (signs[k] === "+") code = withKey(code, keys[k]!);
  return code;
}
