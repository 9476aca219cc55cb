/** All jobs by name: "<room>/<job>". Each is loaded in the worker when it is asked for. */
export const jobs = {
  "adder/reach": () => import("../rooms/adder/reach.job.ts"),
  "adder/prove": () => import("../rooms/adder/prove.job.ts"),
  "adder/right": () => import("../rooms/adder/right.job.ts"),
  "adder/steps": () => import("../rooms/adder/steps.job.ts"),
  "adder/train": () => import("../rooms/adder/train.job.ts"),
  "gradients/curves": () => import("../rooms/gradients/curves.job.ts"),
  "gradients/look": () => import("../rooms/gradients/look.job.ts"),
  "gradients/map": () => import("../rooms/gradients/map.job.ts"),
  "gradients/train": () => import("../rooms/gradients/train.job.ts"),
  "neural-gpu/accuracy": () => import("../rooms/neural-gpu/accuracy.job.ts"),
  "neural-gpu/train": () => import("../rooms/neural-gpu/train.job.ts"),
  "neural-gpu/trace": () => import("../rooms/neural-gpu/trace.job.ts"),
  "regions/find": () => import("../rooms/regions/find.job.ts"),
  "regions/make": () => import("../rooms/regions/make.job.ts"),
  "runs/evaluate": () => import("../rooms/runs/evaluate.job.ts"),
  "unfold/unfold": () => import("../rooms/unfold/unfold.job.ts"),
  "unfold/check": () => import("../rooms/unfold/check.job.ts"),
  "unfold/growth": () => import("../rooms/unfold/growth.job.ts"),
  "unfold/onnx": () => import("../rooms/unfold/onnx.job.ts"),
} as const;

export type JobName = keyof typeof jobs;
export type JobOf<Name extends JobName> = Awaited<ReturnType<(typeof jobs)[Name]>>["job"];
