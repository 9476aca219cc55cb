/** Pointing at the symbols of a formula or the parts of a picture: with the pointer, or with arrow keys once it has the focus. */
import { on } from "svelte/events";
import { type Lit, litOf } from "./marks.ts";

export interface Browsing {
  /** What is pointed at; undefined: nothing any more. */
  readonly show: (lit: Lit | undefined) => void;
  /** What it is, for those who hear the page. */
  readonly label: string;
}

/** In formulas, symbols; in pictures, layers and what connections are called: each once. */
const stops = "[data-name], .layer, .weight";
const parts = "[data-name], [data-values], [data-parameters]";
/** Pixels beside a thin line that count as on it. */
const reach = 4;

/** An attachment for what holds formulas, or a figure. */
export function browsing({ show, label }: Browsing): (node: HTMLElement) => () => void {
  return (node) => {
    // A figure's picture scrolls by itself.
    const area = node.querySelector<HTMLElement>(".picture") ?? node;
    area.tabIndex = 0;
    area.role = "group";
    area.ariaLabel = `${label}: arrow keys go through its symbols`;
    let at = -1;

    const point = (element: Element | null | undefined) => {
      const found = element?.closest<HTMLElement | SVGElement>(parts);
      show(found && area.contains(found) ? litOf(found.dataset) : undefined);
    };
    const over = (event: PointerEvent) => {
      const near = [
        [0, 0],
        [reach, 0],
        [-reach, 0],
        [0, reach],
        [0, -reach],
      ].map(([dx, dy]) => document.elementFromPoint(event.clientX + dx!, event.clientY + dy!)?.closest(parts));
      point(near.find((element) => element));
    };
    const key = (event: KeyboardEvent) => {
      const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") show(undefined);
      if (move === undefined) return;
      const all = area.querySelectorAll(stops);
      if (all.length === 0) return;
      event.preventDefault();
      at = (at + move + (at < 0 && move < 0 ? 1 : 0) + all.length) % all.length;
      const element = all[at]!;
      element.scrollIntoView({ block: "nearest", inline: "nearest" });
      point(element);
    };
    // A finger leaves where it was put.
    const leave = (event: Event) => {
      if ((event as PointerEvent).pointerType !== "touch") show(undefined);
    };

    // By Svelte's own listeners: a part that has the focus loses it in the middle of an update that takes it away.
    const ends = [
      on(area, "pointerdown", over),
      on(area, "pointermove", over),
      on(area, "pointerleave", leave),
      on(area, "keydown", key),
      on(area, "blur", leave),
    ];
    return () => {
      for (const end of ends) end();
    };
  };
}
