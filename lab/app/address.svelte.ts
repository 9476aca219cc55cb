/**
 * The address: which room, and all of its settings, as in #/adder?a=387&b=18. A link gives the same view again.
 * Settings that are what they are when nothing is said are left out.
 */
import { onMount } from "svelte";
import type { Field } from "./fields.ts";

/** The room where nobody names one. */
const home = "adder";

export interface Settings<Values> {
  /** Read and assigned like variables; what is assigned is in the address a moment later. */
  readonly values: Values;
  /** What couldn't be read in the address, by setting: a message for the visitor. */
  readonly problems: Partial<Record<keyof Values, string>>;
  /** Everything as when nothing is said. */
  reset(): void;
}

function parts(): { room: string; query: URLSearchParams } {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { room: path || home, query: new URLSearchParams(query) };
}

const initial = parts();
const current = $state({ room: initial.room, query: initial.query.toString(), resets: 0 });
let timer: ReturnType<typeof setTimeout> | undefined;
let unwritten: { readonly room: string; readonly query: string } | undefined;
/** What the address said when a room was last seen: going back to it finds it so. */
const last = $state<Record<string, string>>({});

addEventListener("hashchange", () => {
  // Whoever goes elsewhere doesn't want to be brought back by what is still to be written.
  unwritten = undefined;
  const { room, query } = parts();
  current.room = room;
  current.query = query.toString();
});

// A link leads away from what is seen, so that is written first: else a link to the address of before would lead nowhere.
addEventListener("click", write, { capture: true });

/** Name of the room that the address asks for. */
export function currentRoom(): string {
  return current.room;
}

/** How often settings were reset: what is typed and isn't a value yet is given up then. */
export function resets(): number {
  return current.resets;
}

/** A link to a room: with settings, or as it was when last seen. */
export function linkTo(room: string, settings?: Readonly<Record<string, string>>): string {
  const query = settings ? new URLSearchParams(settings).toString() : (last[room] ?? "");
  return `#/${room}${query === "" ? "" : `?${query}`}`;
}

/** Settings in the address, to be called while a component of the room is set up. */
export function settingsOf<Values extends object>(
  fields: {
    readonly [Name in keyof Values]: Field<Values[Name]>;
  },
): Settings<Values> {
  type Name = keyof Values & string;
  const names = Object.keys(fields) as Name[];
  const room = current.room;
  const defaults = () => Object.fromEntries(names.map((name) => [name, fields[name].fallback])) as Values;
  const values: Values = $state(defaults());
  const problems: Partial<Record<keyof Values, string>> = $state({});
  /** The query that the values were last read from or written to. */
  let known: string | undefined;

  const read = (text: string) => {
    if (text === known) return;
    known = text;
    const query = new URLSearchParams(text);
    for (const name of names) {
      const given = query.get(name);
      delete problems[name];
      values[name] = fields[name].fallback;
      try {
        if (given !== null) values[name] = fields[name].read(given);
      } catch (error) {
        problems[name] = `${name}: ${error instanceof Error ? error.message : error}`;
      }
    }
  };
  read(current.query);

  $effect(() => {
    const text = current.query;
    if (current.room === room) read(text);
  });
  $effect(() => {
    const query = new URLSearchParams(current.query);
    for (const name of names) {
      const { write, fallback } = fields[name];
      const text = write(values[name]);
      if (text === write(fallback)) {
        // What couldn't be read stays, for the visitor to see, until something is chosen.
        if (problems[name] === undefined) query.delete(name);
      } else {
        query.set(name, text);
        delete problems[name];
      }
    }
    const text = query.toString();
    last[room] = text;
    if (text === known || current.room !== room) return;
    known = text;
    writeSoon(room, text);
  });
  // A room that is left writes no more.
  onMount(() => () => {
    unwritten = undefined;
  });

  return {
    values,
    problems,
    reset() {
      for (const name of names) delete problems[name];
      Object.assign(values, defaults());
      current.resets++;
    },
  };
}

/** Browsers take only so many changes of the address a second; a slider makes more. */
function writeSoon(room: string, query: string): void {
  unwritten = { room, query };
  clearTimeout(timer);
  timer = setTimeout(write, 120);
}

function write(): void {
  if (!unwritten) return;
  const { room, query } = unwritten;
  unwritten = undefined;
  // The address may have changed already where nobody has been told yet.
  const here = parts();
  if (here.room !== current.room || here.query.toString() !== current.query) return;
  history.replaceState(history.state, "", `#/${room}${query === "" ? "" : `?${query}`}`);
  current.query = query;
}
