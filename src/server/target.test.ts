import { join, sep } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readTarget } from "./target.ts";

test("names and a query", () => {
  expect(readTarget("/")?.names).toEqual([]);
  expect(readTarget("/assets/a-1.js")?.names).toEqual(["assets", "a-1.js"]);
  const { names, query } = readTarget("/api/runs/a%20b/%C3%A9/metrics?from=12&file=x%2Fy")!;
  expect(names).toEqual(["api", "runs", "a b", "é", "metrics"]);
  expect([...query]).toEqual([
    ["from", "12"],
    ["file", "x/y"],
  ]);
  expect(readTarget("/a?b?c#d")).toBeUndefined();
  expect(readTarget("/..a/b..")?.names).toEqual(["..a", "b.."]);
});

test.each([
  ...["", "a", "*", "http://127.0.0.1/", "//", "//host/a", "/a//b", "/a/", "/.", "/..", "/../a", "/a/../b"],
  ...["/%2e%2e/a", "/.%2E", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b", "/..\\a", "/a%00b", "/a%0ab", "/%7f", "/%", "/%zz"],
  ...["/%ff", "/%c0%ae%c0%ae/a", "/a#b"],
])("%j isn't read", (text) => {
  expect(readTarget(text)).toBeUndefined();
});

test("whatever is read names a place below a folder", () => {
  const piece = fc.oneof(
    fc.constantFrom("..", ".", "/", "\\", "%2e", "%2f", "%5c", "%00", "%25", "a", "c:", "~", "?", "#", "%"),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = readTarget(`/${pieces.join("")}`);
      if (!target) return;
      const folder = join("root", "folder");
      const path = join(folder, ...target.names);
      expect(path === folder || path.startsWith(folder + sep)).toBe(true);
      expect(path.slice(folder.length).split(sep).slice(1)).toEqual(target.names);
    }),
    { numRuns: 3000 },
  );
});
