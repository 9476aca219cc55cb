/** Light or dark: as the visitor's system says, or as chosen here. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const key = "longhand-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const stored = themes.find((theme) => theme === remembered());
const state = $state({ theme: stored ?? ("system" as Theme), systemIsDark: system.matches });
system.addEventListener("change", () => {
  state.systemIsDark = system.matches;
});

export function theme(): Theme {
  return state.theme;
}

export function chooseTheme(theme: Theme): void {
  state.theme = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Not remembered where the browser keeps nothing.
  }
}

export function isDark(): boolean {
  return state.theme === "system" ? state.systemIsDark : state.theme === "dark";
}

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
