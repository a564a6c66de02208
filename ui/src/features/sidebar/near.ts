// Tells when a part of the page comes near to what is seen, and when it goes.
import { untrack } from 'svelte';

/** How far away is near. */
const MARGIN = '600px';

/** Attach to a part of a list that scrolls. Without an observer everything is near. */
export function whenNear(
  tell: (near: boolean) => void,
): (node: Element) => (() => void) | undefined {
  return (node) => {
    if (typeof IntersectionObserver === 'undefined') {
      untrack(() => {
        tell(true);
      });
      return undefined;
    }
    const root = node.closest('[data-scroller]');
    const observer = new IntersectionObserver(
      (entries) => {
        const last = entries.at(-1);
        if (last) tell(last.isIntersecting);
      },
      { root, rootMargin: MARGIN },
    );
    observer.observe(node);
    return () => {
      observer.disconnect();
    };
  };
}
