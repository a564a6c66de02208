// Says once when an element comes near to what is seen.

const MARGIN = '1500px 0px';

const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | null = null;

function shared(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer?.unobserve(target);
        waiting.get(target)?.();
      }
    },
    { rootMargin: MARGIN },
  );
  return observer;
}

/** For `{@attach}`: runs when the element is near for the first time. */
export function whenNear(run: () => void): (element: Element) => () => void {
  return (element) => {
    const watch = shared();
    waiting.set(element, run);
    watch.observe(element);
    return () => {
      watch.unobserve(element);
    };
  };
}
