// What a screen reader is told. One polite and one urgent place for the whole page: many live
// regions cut each other short.
import { untrack } from 'svelte';

class Announcements {
  status = $state('');
  alert = $state('');
}

export const announcements = new Announcements();

/** Says something when there is a pause. */
export function announce(text: string): void {
  announcements.status = changed(
    untrack(() => announcements.status),
    text,
  );
}

/** Says something at once. For errors. */
export function announceUrgently(text: string): void {
  announcements.alert = changed(
    untrack(() => announcements.alert),
    text,
  );
}

/** The same text twice is no change, and would be said once: a space without width tells them apart. */
function changed(before: string, text: string): string {
  return before === text ? `${text}\u200b` : text;
}
