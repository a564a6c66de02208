// Work that can wait, such as drawing formulas and colouring code, a little in each frame: a text
// with hundreds of formulas appears at once and never holds the page up.

/** Milliseconds of one frame. */
const SHARE = 6;

const waiting = new Set<() => void>();
let asked = false;

/** Does the work when its turn comes, unless the returned function is called before. */
export function inTurn(work: () => void): () => void {
  waiting.add(work);
  if (!asked) {
    asked = true;
    requestAnimationFrame(turn);
  }
  return () => {
    waiting.delete(work);
  };
}

function turn(): void {
  const until = performance.now() + SHARE;
  for (const work of waiting) {
    waiting.delete(work);
    work();
    if (performance.now() >= until) break;
  }
  asked = waiting.size > 0;
  if (asked) requestAnimationFrame(turn);
}
