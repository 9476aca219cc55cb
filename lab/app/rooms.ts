/** The rooms of the lab. Each is loaded when it is entered. */
import type { Component } from "svelte";

export interface Room {
  /** Its name in the address: #/adder. */
  readonly name: string;
  readonly title: string;
  /** What a visitor does there, in one line. */
  readonly about: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

export const rooms: readonly Room[] = [
  {
    name: "adder",
    title: "Adder",
    about: "A network of a few units adds two numbers: watch it, break it, train it, prove it.",
    load: () => import("../rooms/adder/Adder.svelte"),
  },
  {
    name: "neural-gpu",
    title: "Neural GPU",
    about: "Networks that multiply, add and sort: every number in them, at every step.",
    load: () => import("../rooms/neural-gpu/NeuralGpu.svelte"),
  },
  {
    name: "unfold",
    title: "Unfold",
    about: "A cell's equations, and what they say after several steps.",
    load: () => import("../rooms/unfold/Unfold.svelte"),
  },
  {
    name: "gradients",
    title: "Gradients",
    about: "Why gradients vanish or explode through time, and what a gate does about it.",
    load: () => import("../rooms/gradients/Gradients.svelte"),
  },
  {
    name: "regions",
    title: "Regions",
    about: "Draw lines, choose regions, get the threshold network that tells them apart.",
    load: () => import("../rooms/regions/Regions.svelte"),
  },
  {
    name: "runs",
    title: "Runs",
    about: "Trainings on this machine: their curves, how far they generalize, what is inside.",
    load: () => import("../rooms/runs/Runs.svelte"),
  },
];

/** The room of that name, if there is one. */
export function findRoom(name: string): Room | undefined {
  return rooms.find((room) => room.name === name);
}
