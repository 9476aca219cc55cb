/**
 * Runs that come with the page, for who has none: `../../public/runs/<name>`, the folders that these commands wrote, each with its
 * newest checkpoint alone:
 *
 *     longhand train binary-addition --seed 1 --run ilrnn-seed1      (and seeds 2, 3)
 *     longhand train binary-addition --seed 1 --model lstm --run lstm-seed1
 *     longhand train binary-addition --seed 1 --model lstm --set stateNoise=null --set solved=null --steps 160
 *       --set reportEvery=5 --run lstm-no-noise
 */
import type { NamedFile } from "../../networks/read.ts";

/** The steps that each was trained. */
const examples = {
  "ilrnn-seed1": 1500,
  "ilrnn-seed2": 1500,
  "ilrnn-seed3": 1500,
  "lstm-seed1": 1500,
  "lstm-no-noise": 160,
} as const;

/** Their files, fetched when they are read. */
export function exampleFiles(): NamedFile[] {
  return Object.entries(examples).flatMap(([name, steps]) => {
    const checkpoint = `checkpoints/${String(steps).padStart(8, "0")}.safetensors`;
    return ["config.json", "metrics.jsonl", "result.json", checkpoint].map((file) => fetched(`${name}/${file}`));
  });
}

function fetched(path: string): NamedFile {
  return {
    path,
    async bytes() {
      const response = await fetch(`runs/${path}`);
      if (!response.ok) throw new Error(`runs/${path}: ${response.status} ${response.statusText}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}
