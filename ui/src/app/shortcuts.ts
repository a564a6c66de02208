// The keys that work everywhere in the window: those of the registered intents, and the two side
// buttons of a mouse.
import { navigation } from '$lib/state';
import { allIntents, isEnabled } from '$lib/state/intent.svelte';
import { matchesKeys } from '$lib/ui/keys';

/** Handles a key press of the window. */
export function onShellKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  // The last one registered under a chord holds.
  const found = allIntents().findLast(
    (intent) =>
      intent.local !== true &&
      intent.keys !== undefined &&
      isEnabled(intent) &&
      matchesKeys(event, intent.keys),
  );
  if (!found) return;
  event.preventDefault();
  found.run?.(event);
}

const BACK = 3;
const FORWARD = 4;

/** Handles the release of a mouse button; a browser would leave the page. */
export function onShellMouse(event: MouseEvent): void {
  if (event.button !== BACK && event.button !== FORWARD) return;
  event.preventDefault();
  if (event.button === BACK) navigation.back();
  else navigation.forward();
}
