/** A run's files, wherever they lie: on the server, on the visitor's disk, beside the page. */

/** How far a file has been read. */
export interface Place {
  readonly from: number;
  /** Name of the file: another one may take its place. */
  readonly file: string;
}

export interface MetricsText {
  /** Whole lines. */
  readonly text: string;
  /** Where to go on. */
  readonly place: Place;
  /** What was read before is no longer there: this is from the beginning. */
  readonly isAnew: boolean;
  /** Whether there is more already. */
  readonly hasMore: boolean;
}

export interface RunFiles {
  /** config.json */
  readonly config: () => Promise<string>;
  /** The newest checkpoint. */
  readonly checkpoint: () => Promise<Uint8Array<ArrayBuffer>>;
  /** result.json; null where there is none. */
  readonly result: () => Promise<unknown>;
  /** Lines of metrics.jsonl that weren't read before. */
  readonly metrics: (place: Place | undefined) => Promise<MetricsText>;
  /** Under which a room opens its network; undefined: it has to be kept for the rooms first. */
  readonly network?: string;
}
