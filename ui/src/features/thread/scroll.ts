// The contract about scrolling, as a machine without a page.
//
// It follows the text only while the person is at the bottom. Any sign of wanting to go up ends
// that at once. A new question goes to the top and stays there. The button goes back to the end.

export interface Metrics {
  readonly top: number;
  /** Height of what is seen. */
  readonly view: number;
  /** Height of all there is. */
  readonly height: number;
}

/** `following`: stays at the end. `held`: a question stays at the top. `free`: the person reads. */
export type Mode = 'following' | 'held' | 'free';

/** What the page must do after its content changed. */
export type Move = 'to_end' | 'to_anchor';

/** Fractions of a pixel and zoom make the end a little fuzzy, but no more than this. */
const FUZZ = 1.5;
/** Nearer to the end than this the button would hide more than it offers. */
const BUTTON_FROM = 48;

export function fromEnd({ top, view, height }: Metrics): number {
  return Math.max(0, height - view - top);
}

export function atEnd(metrics: Metrics): boolean {
  return fromEnd(metrics) <= FUZZ;
}

export class ScrollContract {
  mode: Mode = 'following';

  /** A conversation was opened. */
  open(): void {
    this.mode = 'following';
  }

  /** A question was sent: it goes to the top and stays. */
  sent(): void {
    this.mode = 'held';
  }

  /** The button, or the end key. */
  jump(): void {
    this.mode = 'following';
  }

  /** The page was brought to a place for the person, who reads there. */
  placed(): void {
    this.mode = 'free';
  }

  /** Wheel, key or finger upwards, before anything has moved. */
  upIntent(metrics: Metrics): void {
    const canMove = metrics.height > metrics.view + FUZZ;
    if (canMove) this.mode = 'free';
  }

  /** The person scrolled to here. */
  scrolled(metrics: Metrics): void {
    this.mode = atEnd(metrics) ? 'following' : 'free';
  }

  /** Something changed its size. */
  resized(): Move {
    return this.mode === 'following' ? 'to_end' : 'to_anchor';
  }

  /** Whether the way to the end is offered. */
  offersJump(metrics: Metrics): boolean {
    return this.mode !== 'following' && fromEnd(metrics) > BUTTON_FROM;
  }
}

/** How many times what is seen lies between the place and the top when more is asked for. */
const AHEAD = 3;

/** Whether the top of what is loaded is so near that what comes before it should be loaded. */
export function nearTop({ top, view }: Metrics): boolean {
  return top < AHEAD * view;
}

/** Keys that scroll up. */
export function isUpKey(key: string, shift: boolean): boolean {
  return key === 'PageUp' || key === 'Home' || key === 'ArrowUp' || (key === ' ' && shift);
}
