#!/usr/bin/env node
/** The certificate checker as a program: `node main.js certificate.json`. Exit status 0: accepted, 1: rejected, 2: no file to check. */
import { readFile } from "node:fs/promises";
import { checkCertificate } from "./check.ts";

const [file, ...others] = process.argv.slice(2);
try {
  if (file === undefined || others.length > 0) throw new Error("usage: longhand-check certificate.json");
  const checked = await checkCertificate(JSON.parse(await readFile(file, "utf8")));
  if (checked.accepted) {
    const { states, sets, moves, margin } = checked;
    console.log(`accepted: ${states} machine states, ${sets} sets, ${moves} moves, least margin ${margin}`);
  } else {
    console.log(`rejected: ${checked.reason}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(`longhand-check: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
