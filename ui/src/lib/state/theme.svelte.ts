// Light, dark, or what the system says. Only an attribute: the colours are in tokens.css.
import type { Settings } from '$lib/api';

export function applyTheme(theme: Settings['appearance']['theme']): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
}
