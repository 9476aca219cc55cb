import { expect, test } from "vitest";
import { machineOfTask, minimizeMachine } from "../proof/extract/index.ts";
import { findTask } from "../tasks/index.ts";
import { machineDiagram } from "./machine-diagram.ts";

const minimal = (name: string) => minimizeMachine(machineOfTask(findTask(name))).machine;

test("letters of one answer share a label, answers of the same states an arrow", () => {
  const diagram = machineDiagram(minimal("binary-addition"), { title: "adder", subtitle: "of digits" });
  expect(diagram).toEqual({
    title: "adder",
    subtitle: "of digits",
    states: ["no carry", "carry"],
    initial: 0,
    arrows: [
      { from: 0, to: 0, labels: ["00/0", "01, 10/1"] },
      { from: 0, to: 1, labels: ["11/0"] },
      { from: 1, to: 0, labels: ["00/1"] },
      { from: 1, to: 1, labels: ["01, 10/0", "11/1"] },
    ],
  });
});

test("many letters are counted, many answers named by the first and last", () => {
  const { arrows } = machineDiagram(minimal("base-10-addition"), { title: "" });
  expect(arrows.map(({ labels }) => labels)).toEqual([
    ["55 letters/0 … 9"],
    ["45 letters/0 … 8"],
    ["45 letters/1 … 9"],
    ["55 letters/0 … 9"],
  ]);
  // 6 + 4 pairs of digits of base 4 whose sum is 3 or less, or at least 4.
  const four = machineDiagram(minimal("base-4-addition"), { title: "" });
  expect(four.arrows.map(({ labels }) => labels)).toEqual([
    ["00/0", "01, 10/1", "02, 11, 20/2", "03, 12, 21, 30/3"],
    ["13, 22, 31/0", "23, 32/1", "33/2"],
    ["00/1", "01, 10/2", "02, 11, 20/3"],
    ["03, 12, 21, 30/0", "13, 22, 31/1", "23, 32/2", "33/3"],
  ]);
});

test("answers with gaps between them are counted", () => {
  const machine = {
    states: ["s"],
    initial: 0,
    letters: [..."abcde"],
    answers: [..."012345"],
    next: new Int32Array(5),
    output: Int32Array.of(0, 1, 2, 3, 5),
  };
  expect(machineDiagram(machine, { title: "" }).arrows[0]!.labels).toEqual(["5 letters/5 answers"]);
});

test("no answer is a dash; an error has an arrow of its own", () => {
  const modular = machineDiagram(minimal("modular-arithmetic-2"), { title: "" });
  expect(modular.arrows.flatMap(({ labels }) => labels)).toContain("+, -/–");
  const { arrows } = machineDiagram(minimal("binary-addition"), { title: "", wrong: [1, 2] });
  expect(arrows.slice(3)).toEqual([
    { from: 1, to: 1, labels: ["01/0", "11/1"] },
    { from: 1, to: 1, labels: ["10/0"], isWrong: true },
  ]);
});
