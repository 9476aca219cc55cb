/** Which regions lie on the two sides of a hyperplane. */
import { codeOf, signKeys, withKey, withoutKey } from "./codes.ts";
import { nameOf, type Plane } from "./plane.ts";

/**
 * The neighbours of regions: those whose signs differ in one hyperplane alone, or in several that coincide.
 * @param regions by their signs; all of the planes' regions.
 */
export function neighboursOf(planes: readonly Plane[], regions: readonly string[]): (signs: string) => string[] {
  const names = planes.map(nameOf);
  const groups = [...new Set(names)].map((name) => names.flatMap((other, k) => (other === name ? [k] : [])));
  const keys = signKeys(planes.length);
  const byCode = new Map(regions.map((signs) => [codeOf(signs, keys), signs]));
  return (signs) => {
    const code = codeOf(signs, keys);
    return groups.flatMap((group) => {
      const across = group.reduce(
        (sum, k) => (signs[k] === "+" ? withoutKey(sum, keys[k]!) : withKey(sum, keys[k]!)),
        code,
      );
      return byCode.get(across) ?? [];
    });
  };
}
