// The look that the program hands to the page of the quick chat, so that its first picture is right.
import type { Settings } from '$lib/api';

type Look = Pick<Settings['appearance'], 'theme' | 'contrast' | 'text_size' | 'language'>;

/** Reads it from the address; `null` where there is none, and the page follows the system. */
export function lookOf(search: string): Look | null {
  const given = new URLSearchParams(search).get('look');
  if (given === null) return null;
  try {
    return JSON.parse(given) as Look;
  } catch {
    return null;
  }
}
