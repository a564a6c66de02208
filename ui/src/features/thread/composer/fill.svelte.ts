// Goes from place to place of a prompt that was just put into the field. What is written in one
// place also goes into the others of its name.
import { nextPlace, placesOf, type Place } from './places';
import { replaceRange } from './field';

export class Fill {
  /** Tab goes to the places, and Enter asks for those that are left. */
  active = $state(false);
  #place: Place | null = null;
  /** Characters behind the marked place: they stay the same while it is filled. */
  #behind = 0;

  /** Begins with the first place behind `from`, if there is one. */
  begin(field: HTMLTextAreaElement, from: number): void {
    this.#place = null;
    this.active = placesOf(field.value).length > 0;
    if (this.active) this.#mark(field, nextPlace(field.value, from, 1));
  }

  /** Goes on; false where nothing is left to fill. */
  step(field: HTMLTextAreaElement, direction: -1 | 1): boolean {
    if (!this.active) return false;
    this.#spread(field);
    const place = nextPlace(field.value, field.selectionEnd, direction);
    this.#mark(field, place);
    if (!place) this.end();
    return place !== null;
  }

  end(): void {
    this.active = false;
    this.#place = null;
  }

  #mark(field: HTMLTextAreaElement, place: Place | null): void {
    this.#place = place;
    if (!place) return;
    this.#behind = field.value.length - place.end;
    field.focus({ preventScroll: true });
    field.setSelectionRange(place.start, place.end);
  }

  #spread(field: HTMLTextAreaElement): void {
    const place = this.#place;
    if (!place) return;
    const value = field.value.slice(place.start, field.value.length - this.#behind);
    if (value === '' || placesOf(value).length > 0) return;
    const same = placesOf(field.value).filter(({ name }) => name === place.name);
    for (const { start, end } of same.toReversed()) replaceRange(field, start, end, value);
    const caret = place.start + value.length;
    if (same.length > 0) field.setSelectionRange(caret, caret);
  }
}
