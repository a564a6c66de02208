// The parts of the window that F6 goes through. Each remembers where the focus was in it.

const SELECTOR = '[data-region]';
/** What takes the focus in a part that never had it, the best first. */
const FIRST = ['textarea', '[data-search]', '[data-row][tabindex="0"]', 'button', '[tabindex="0"]'];

const last = new WeakMap<Element, HTMLElement>();

/** Notes where the focus is; for the `focusin` of the window. */
export function noteFocus(event: FocusEvent): void {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return;
  const region = target.closest(SELECTOR);
  if (region) last.set(region, target);
}

/** Puts the focus into the next part, or with -1 into the one before. */
export function stepRegion(by: 1 | -1): void {
  // A dialog keeps the focus.
  if (document.querySelector('[role="dialog"][data-state="open"]')) return;
  const regions = [...document.querySelectorAll<HTMLElement>(SELECTOR)].filter(hasPlace);
  if (regions.length === 0) return;
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const from = here < 0 && by < 0 ? 0 : here;
  const region = regions[(from + by + regions.length) % regions.length];
  if (region) enter(region);
}

function enter(region: HTMLElement): void {
  const before = last.get(region);
  const target = before?.isConnected ? before : first(region);
  (target ?? region).focus();
}

function first(region: HTMLElement): HTMLElement | null {
  for (const selector of FIRST) {
    const found = region.querySelector<HTMLElement>(selector);
    if (found) return found;
  }
  return null;
}

/** A part without anything to reach is passed by. */
function hasPlace(region: HTMLElement): boolean {
  return first(region) !== null;
}
