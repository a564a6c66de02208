// Once per frame, also in a window that is not seen, where frames do not come.

const HIDDEN = 250;

/** Runs before the next paint, or after a quarter of a second. The returned function calls it off. */
export function onFrame(run: () => void): () => void {
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = () => {
    stop();
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN);
  return stop;
}
