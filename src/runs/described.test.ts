import { expect, test } from "vitest";
import { completeConfig } from "../training/index.ts";
import { configHash } from "./described.ts";

const config = completeConfig({ task: "parity", population: 2, model: { name: "ilrnn", layers: [3] } });

test("the hash of a configuration doesn't depend on the order of its keys, but on every value", () => {
  const { task, ...rest } = config;
  expect(configHash({ ...rest, task })).toBe(configHash(config));
  expect(configHash(JSON.parse(JSON.stringify(config)) as object)).toBe(configHash(config));
  expect(configHash({ ...config, clip: 2 })).not.toBe(configHash(config));
  // SHA-256 of {"a":[1,null],"b":"x"}
  expect(configHash({ b: "x", a: [1, null], c: undefined })).toBe(
    "3dece6dc8d22d61692b03c7d51836aaec96fd08a614e224565e177ad6ff9dbe2",
  );
});
