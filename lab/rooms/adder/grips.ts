/** Taking hold of a picture's parts: which is pointed at, which is chosen, and how far it is dragged or moved by keys. */
import { on } from "svelte/events";

export interface Grips {
  /** A part is pointed at, or none. */
  readonly point: (part: string | undefined) => void;
  /** A part is chosen. */
  readonly choose: (part: string) => void;
  /** The focus has gone elsewhere, or perhaps to a new drawing of the same part. */
  readonly leave: () => void;
  /** The value of a part, where it has one. */
  readonly weightOf: (part: string) => number | undefined;
  readonly change: (part: string, value: number) => void;
}

/** A pixel is a hundredth, with Shift a thousandth; a key is a twentieth, with Shift half. */
const drag = { pixel: 0.01, fine: 0.001, least: 3 };
const key = { step: 0.05, large: 0.5 };

const partAt = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<SVGElement>("[data-part]") : null;
const nameAt = (target: EventTarget | null) => partAt(target)?.dataset.part;

/** An attachment for the element around the picture. The picture may be drawn anew at any time: its parts are known by name. */
export function grips({ point, choose, leave, weightOf, change }: Grips) {
  return (holder: HTMLElement) => {
    let held: { part: string; y: number; value: number; isMoved: boolean } | undefined;
    const listeners: { [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void } = {
      pointerdown(event) {
        const part = nameAt(event.target);
        const value = part === undefined ? undefined : weightOf(part);
        if (part === undefined || value === undefined || event.button !== 0) return;
        event.preventDefault();
        holder.setPointerCapture(event.pointerId);
        held = { part, y: event.clientY, value, isMoved: false };
        choose(part);
        partAt(event.target)?.focus({ preventScroll: true });
      },
      pointermove(event) {
        if (!held) {
          point(nameAt(event.target));
          return;
        }
        const distance = held.y - event.clientY;
        held.isMoved ||= Math.abs(distance) >= drag.least;
        if (held.isMoved) change(held.part, rounded(held.value + distance * (event.shiftKey ? drag.fine : drag.pixel)));
      },
      pointerup() {
        held = undefined;
      },
      pointercancel() {
        held = undefined;
      },
      pointerleave() {
        if (!held) point(undefined);
      },
      focusin(event) {
        const part = nameAt(event.target);
        if (part !== undefined && weightOf(part) !== undefined) choose(part);
      },
      focusout() {
        setTimeout(leave);
      },
      keydown(event) {
        const part = nameAt(event.target);
        const value = part === undefined ? undefined : weightOf(part);
        if (part === undefined || value === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        const size = event.shiftKey ? key.large : key.step;
        if (event.key === "ArrowUp") change(part, rounded(value + size));
        else if (event.key === "ArrowDown") change(part, rounded(value - size));
        else if (event.key === "ArrowLeft") neighbour(holder, part, -1)?.focus();
        else if (event.key === "ArrowRight") neighbour(holder, part, 1)?.focus();
        else if (event.key === "Escape") partAt(event.target)?.blur();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    };
    // By Svelte's own listeners: a part that has the focus loses it in the middle of an update that takes it away.
    const entries = Object.entries(listeners) as [keyof HTMLElementEventMap, EventListener][];
    const ends = entries.map(([name, listener]) => on(holder, name, listener));
    return () => {
      for (const end of ends) end();
    };
  };
}

/** Of a picture that has been drawn anew: one part is reached by Tab, and what had the focus has it again. */
export function restoreFocus(holder: HTMLElement, reached: string, focused: string | undefined): void {
  const sliders = [...holder.querySelectorAll<SVGElement>("[role=slider]")];
  const found = sliders.find(({ dataset }) => dataset.part === reached) ?? sliders[0];
  found?.setAttribute("tabindex", "0");
  if (focused === undefined) return;
  const active = sliders.find(({ dataset }) => dataset.part === focused);
  if (active && active !== document.activeElement) active.focus({ preventScroll: true });
}

/** The part that has the focus, if one of this picture has. */
export function focusedIn(holder: HTMLElement | undefined): string | undefined {
  return holder?.contains(document.activeElement) ? nameAt(document.activeElement) : undefined;
}

/** By where they are in the picture's text: layer after layer would be the same for a reader of the screen. */
function neighbour(holder: HTMLElement, part: string, by: 1 | -1): SVGElement | undefined {
  const sliders = [...holder.querySelectorAll<SVGElement>("[role=slider]")].sort((a, b) =>
    order(a).localeCompare(order(b), "en", { numeric: true }),
  );
  const at = sliders.findIndex(({ dataset }) => dataset.part === part);
  return sliders.at((at + by) % sliders.length);
}

const order = ({ dataset }: SVGElement) => dataset.part ?? "";

const rounded = (value: number) => Number(value.toFixed(3));
