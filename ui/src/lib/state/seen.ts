// Looking again and again while somebody can see it, never otherwise.

/**
 * Calls `look` now, and again after as many milliseconds as it says, while the page is in sight. Gives
 * back what ends it; `look` is told whether that was done meanwhile.
 */
export function whileSeen(look: (gone: () => boolean) => Promise<number>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const again = async () => {
    clearTimeout(timer);
    const after = await look(() => ended);
    if (!ended && !document.hidden) timer = setTimeout(() => void again(), after);
  };
  const onvisible = () => {
    if (document.hidden) clearTimeout(timer);
    else void again();
  };
  onvisible();
  document.addEventListener('visibilitychange', onvisible);
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onvisible);
  };
}
