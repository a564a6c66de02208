// How much room the window has. Larger text needs more of it, and a media query does not know the
// size that the person chose; this does.
import { createSubscriber } from 'svelte/reactivity';
import { session } from './session.svelte';

const observe = createSubscriber((update) => {
  window.addEventListener('resize', update);
  return () => {
    window.removeEventListener('resize', update);
  };
});

/** Whether the window is narrower than this, in pixels at the usual text size. */
export function narrowerThan(width: number): { readonly current: boolean } {
  return {
    get current() {
      observe();
      const size = session.settings?.appearance.text_size ?? 100;
      return (window.innerWidth * 100) / size < width;
    },
  };
}
