// What the program hands to the page of the quick chat in its address, so that its first picture is
// right before anything was asked.
import type { Settings } from '$lib/api';

export type Look = Pick<Settings['appearance'], 'theme' | 'contrast' | 'text_size' | 'language'>;

/** The look of the settings; `null` where there is none, and the page follows the system. */
export function lookOf(search: string): Look | null {
  const given = new URLSearchParams(search).get('look');
  if (given === null) return null;
  try {
    return JSON.parse(given) as Look;
  } catch {
    return null;
  }
}

/** The hint in the empty field, in the language of the person. */
export function hintOf(search: string): string {
  return new URLSearchParams(search).get('hint') ?? '';
}
