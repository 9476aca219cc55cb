/** Memory of a program: one arena, in which arrays that aren't needed at the same time share a place. */
import { type Dimension, times } from "../../graph/dimension.ts";

/** An array in the arena. */
export interface Buffer {
  readonly id: number;
  readonly type: string;
  /** Bytes. */
  readonly size: Dimension;
  /** The statements by which it is first and last used. */
  readonly first: number;
  last: number;
}

/** Hands out buffers while a program is written, statement by statement; tells at the end where each lies. */
export class Buffers {
  readonly all: Buffer[] = [];
  private readonly loops: number[] = [];
  private clock = 0;

  /** A new array of so many elements, in use from now on. */
  request(type: string, elements: Dimension, bytes: number): Buffer {
    const made = { id: this.all.length, type, size: times(elements, bytes), first: this.clock, last: this.clock };
    this.all.push(made);
    return made;
  }

  /** The current statement uses an array. */
  touch(buffer: Buffer | undefined): void {
    if (buffer) buffer.last = Math.max(buffer.last, this.clock);
  }

  /** The next statement begins. */
  advance(): void {
    this.clock++;
  }

  openLoop(): void {
    this.loops.push(this.clock);
  }

  /** What was there before the loop and is used in it has to last until its end. */
  closeLoop(): void {
    const start = this.loops.pop()!;
    for (const buffer of this.all) {
      if (buffer.first < start && buffer.last >= start) buffer.last = Math.max(buffer.last, this.clock);
    }
  }

  /** Places: arrays with the same number have the same place. Only arrays of equal size share one. */
  places(): { readonly placeOf: readonly number[]; readonly sizes: readonly Dimension[] } {
    const sizes: Dimension[] = [];
    const free = new Map<Dimension, number[]>();
    const placeOf: number[] = [];
    let used: Buffer[] = [];
    for (const buffer of this.all) {
      const over = used.filter(({ last }) => last < buffer.first);
      used = used.filter(({ last }) => last >= buffer.first);
      for (const { id, size } of over) free.set(size, [...(free.get(size) ?? []), placeOf[id]!]);
      const place = free.get(buffer.size)?.pop() ?? sizes.push(buffer.size) - 1;
      placeOf[buffer.id] = place;
      used.push(buffer);
    }
    return { placeOf, sizes };
  }
}

/** Several buffers that last as long as any of them is used. */
export function together(buffers: readonly (Buffer | undefined)[]): Buffer {
  const all = buffers.filter((buffer) => buffer !== undefined);
  return {
    id: -1,
    type: "",
    size: 0,
    first: 0,
    get last() {
      return Math.max(...all.map(({ last }) => last));
    },
    set last(clock) {
      for (const buffer of all) buffer.last = Math.max(buffer.last, clock);
    },
  };
}
