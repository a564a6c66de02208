// Where the focus goes when what had it is gone: never to nowhere.

/** Gives the focus back to where it was; where that is gone, to the conversation. */
export function giveBack(origin: Element | null): void {
  const there = origin instanceof HTMLElement && origin.isConnected && origin !== document.body;
  if (there) origin.focus();
  if (there && document.activeElement === origin) return;
  document.getElementById('thread')?.focus({ preventScroll: true });
}
