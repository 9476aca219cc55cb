/** In which settings runs differ. */

/** Settings by their path: { "model.hidden": 12, seed: 1 }. */
export type FlatSettings = Readonly<Record<string, unknown>>;

/** An object's innermost values by path; lists are values. */
export function flatSettings(settings: unknown, path = ""): FlatSettings {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return { [path]: settings };
  return Object.assign(
    {},
    ...Object.entries(settings).map(([name, value]) => flatSettings(value, path === "" ? name : `${path}.${name}`)),
  );
}

/** A setting as text; "–" where there is none. */
export function settingText(value: unknown): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The settings in which runs differ, in the order of the first run that has them. */
export function differingSettings(runs: readonly FlatSettings[]): string[] {
  const names = new Set(runs.flatMap((settings) => Object.keys(settings)));
  return [...names].filter((name) => new Set(runs.map((settings) => settingText(settings[name]))).size > 1);
}

/** What runs of the same settings have in common: two runs are of the same kind where only their seeds differ. */
export function kindOf(settings: FlatSettings): string {
  const entries = Object.entries(settings).filter(([name]) => name !== "seed");
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}
