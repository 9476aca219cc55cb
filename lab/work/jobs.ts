/** All jobs by name: "<room>/<job>". Each is loaded in the worker when it is asked for. */
export const jobs = {
  "networks/answer": () => import("../networks/answer.job.ts"),
} as const;

export type JobName = keyof typeof jobs;
export type JobOf<Name extends JobName> = Awaited<ReturnType<(typeof jobs)[Name]>>["job"];
