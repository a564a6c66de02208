// Says once when an element comes near to what is seen. What is done then is spread over frames, the
// last that came first, so that fast scrolling stays smooth.
import { flushSync } from 'svelte';
import { onFrame } from '$lib/answer/frame';

const MARGIN = '1500px 0px';
/** Milliseconds of one frame that drawing may take. */
const BUDGET = 8;

const waiting = new WeakMap<Element, () => void>();
const come: Element[] = [];
let observer: IntersectionObserver | null = null;
let planned = false;

function shared(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer?.unobserve(target);
        come.push(target);
      }
      plan();
    },
    { rootMargin: MARGIN },
  );
  return observer;
}

function plan(): void {
  if (planned || come.length === 0) return;
  planned = true;
  onFrame(draw);
}

function draw(): void {
  planned = false;
  const until = performance.now() + BUDGET;
  do {
    const run = waiting.get(come.pop() as Element);
    if (run) flushSync(run);
  } while (come.length > 0 && performance.now() < until);
  plan();
}

/** For `{@attach}`: runs when the element is near for the first time. */
export function whenNear(run: () => void): (element: Element) => () => void {
  return (element) => {
    const watch = shared();
    waiting.set(element, run);
    watch.observe(element);
    return () => {
      watch.unobserve(element);
      waiting.delete(element);
    };
  };
}
