// The places of a saved prompt that are filled in: `{{name}}`.

export interface Place {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const PLACE = /\{\{\s*([^{}\n]{1,60}?)\s*\}\}/g;

/** All places of a text, in their order. */
export function placesOf(text: string): Place[] {
  return [...text.matchAll(PLACE)].map((hit) => ({
    name: hit[1] ?? '',
    start: hit.index,
    end: hit.index + hit[0].length,
  }));
}

/** The names of the places, each once. */
export function namesOf(text: string): string[] {
  return [...new Set(placesOf(text).map(({ name }) => name))];
}

/** The place after or before a position; round at the ends. */
export function nextPlace(text: string, from: number, direction: -1 | 1): Place | null {
  const places = placesOf(text);
  if (direction > 0) return places.find(({ start }) => start >= from) ?? places[0] ?? null;
  return places.findLast(({ end }) => end < from) ?? places.at(-1) ?? null;
}

/** Fills all places of a name. */
export function filled(text: string, name: string, value: string): string {
  return text.replace(PLACE, (whole, found: string) => (found === name ? value : whole));
}
