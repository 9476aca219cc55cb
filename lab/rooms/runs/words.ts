/** How the room writes numbers and times. */

/** 0.6931, 1.2e-7 */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}

/** A part of 1 in percent: "100%" only where it is all, "0%" only where it is nothing. */
export function percent(part: number): string {
  if (!Number.isFinite(part)) return "–";
  if (part === 0 || part === 1) return `${100 * part}%`;
  const text = (100 * part).toFixed(1);
  if (text === "100.0") return "<100%";
  return text === "0.0" ? ">0%" : `${text}%`;
}

const grouped = new Intl.NumberFormat("en");

/** 12,500 */
export function count(value: number): string {
  return grouped.format(value);
}

/** "3 min ago". @param then, now milliseconds. */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 5) return "just now";
  for (const [unit, size] of [
    ["day", 86_400],
    ["h", 3600],
    ["min", 60],
  ] as const) {
    const whole = Math.floor(seconds / size);
    if (whole >= 1) return `${whole} ${unit}${unit === "day" && whole > 1 ? "s" : ""} ago`;
  }
  return `${seconds} s ago`;
}

const stateWords: Readonly<Record<string, string>> = {
  training: "training",
  solved: "solved",
  steps: "all steps done",
  diverged: "diverged",
  given: "given weights",
  stopped: "stopped",
  damaged: "damaged",
};

/** A run's state in words. */
export function stateText(state: string): string {
  return stateWords[state] ?? state;
}
