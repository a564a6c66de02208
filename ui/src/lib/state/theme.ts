// Light or dark, contrast and size, as the settings wish. Only attributes and the size of the root:
// the colours are in tokens.css, and every length there follows the root.
import type { Settings } from '$lib/api';

type Appearance = Settings['appearance'];

let asked: MediaQueryList | null = null;
let wish: Appearance['contrast'] = 'system';

export function applyAppearance(look: Pick<Appearance, 'theme' | 'contrast' | 'text_size'>): void {
  const { theme, contrast, text_size } = look;
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  root.style.fontSize = text_size === 100 ? '' : `${String(text_size)}%`;
  wish = contrast;
  applyContrast();
}

/** The wish of the system counts too, and can change while the page is open. */
function applyContrast(): void {
  if (!asked && typeof matchMedia === 'function') {
    asked = matchMedia('(prefers-contrast: more)');
    asked.addEventListener('change', applyContrast);
  }
  const root = document.documentElement;
  if (wish === 'more' || asked?.matches) root.dataset.contrast = 'more';
  else delete root.dataset.contrast;
}
