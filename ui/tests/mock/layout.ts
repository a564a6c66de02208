// What jsdom lacks because it lays nothing out.
import { vi } from 'vitest';

/** Pages that measure and scroll get answers that say nothing. Undone by `vi.unstubAllGlobals`. */
export function withoutLayout(): void {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {
        return undefined;
      }
      unobserve() {
        return undefined;
      }
      disconnect() {
        return undefined;
      }
    },
  );
  Element.prototype.scrollIntoView = () => undefined;
}
