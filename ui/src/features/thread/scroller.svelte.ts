// Holds a scrolling element to the contract of `scroll.ts`. It owns the anchor: WebKit has no
// scroll anchoring, and two anchors would fight.
import { onFrame } from '$lib/answer/frame';
import { isUpKey, nearTop, ScrollContract, type Metrics } from './scroll';

/** Between the top of what is seen and a question that was sent to it. */
const HEADROOM = 16;

interface Anchor {
  readonly element: Element;
  readonly offset: number;
  /** Finds it again where it was drawn anew: its message, and which block of it. */
  readonly message: string | null;
  readonly block: number;
}

export class Scroller {
  /** Whether the way to the end is offered. */
  offersJump = $state(false);
  /** The height of what is seen, for the room below a new question. */
  view = $state(0);
  readonly headroom = HEADROOM;
  readonly #onNearTop: () => void;
  readonly #contract = new ScrollContract();
  #outer: HTMLElement | null = null;
  #inner: HTMLElement | null = null;
  #anchor: Anchor | null = null;
  #ours = -1;
  #touch = 0;

  /** `onNearTop` is called, often, while the top of what is loaded is near. */
  constructor(onNearTop: () => void = () => undefined) {
    this.#onNearTop = onNearTop;
  }

  /** For `{@attach}`: the element that scrolls; its first child holds all there is. */
  readonly attach = (outer: HTMLElement) => {
    this.#outer = outer;
    this.#inner = outer.firstElementChild as HTMLElement;
    const abort = new AbortController();
    const options = { passive: true, signal: abort.signal };
    outer.addEventListener('scroll', this.#onScroll, options);
    outer.addEventListener('wheel', this.#onWheel, options);
    outer.addEventListener('touchstart', this.#onTouchStart, options);
    outer.addEventListener('touchmove', this.#onTouchMove, options);
    outer.addEventListener('keydown', this.#onKey, options);
    const observer = new ResizeObserver(this.#onResize);
    observer.observe(outer);
    observer.observe(this.#inner);
    return () => {
      abort.abort();
      observer.disconnect();
      this.#outer = null;
    };
  };

  /** A question was sent; once it is on the page it goes to the top. */
  sent(find: () => Element | null): void {
    this.#contract.sent();
    onFrame(() => {
      const question = find();
      if (!question || this.#contract.mode !== 'held') return;
      this.#place(question);
    });
  }

  /** Brings a message to a place below the top, and keeps it there while the text finds its size. */
  show(message: Element, offset = HEADROOM): void {
    this.#contract.placed();
    this.#place(message, offset);
  }

  /** To the first message that is loaded. */
  toStart(): void {
    this.#contract.placed();
    this.#move(0);
    this.#findAnchor();
    this.#look();
  }

  jump(): void {
    this.#contract.jump();
    this.#toEnd();
    this.#look();
  }

  /** Page up or down, asked for from elsewhere. */
  page(direction: -1 | 1): void {
    const outer = this.#outer;
    if (!outer) return;
    if (direction < 0) this.#contract.upIntent(this.#metrics());
    outer.scrollTop += direction * Math.max(40, outer.clientHeight - 64);
  }

  #place(element: Element, offset = HEADROOM): void {
    this.#anchor = anchorAt(element, offset);
    this.#restore();
    this.#look();
  }

  #metrics(): Metrics {
    const outer = this.#outer;
    if (!outer) return { top: 0, view: 0, height: 0 };
    return { top: outer.scrollTop, view: outer.clientHeight, height: outer.scrollHeight };
  }

  readonly #onScroll = () => {
    const outer = this.#outer;
    if (!outer) return;
    if (Math.abs(outer.scrollTop - this.#ours) > 1) {
      this.#ours = -1;
      this.#contract.scrolled(this.#metrics());
      this.#findAnchor();
    }
    this.#look();
  };

  readonly #onWheel = (event: WheelEvent) => {
    if (event.deltaY < 0 && !event.ctrlKey) this.#wantUp();
  };

  readonly #onTouchStart = (event: TouchEvent) => {
    this.#touch = event.touches[0]?.clientY ?? 0;
  };

  readonly #onTouchMove = (event: TouchEvent) => {
    if ((event.touches[0]?.clientY ?? 0) > this.#touch) this.#wantUp();
  };

  readonly #onKey = (event: KeyboardEvent) => {
    if (isUpKey(event.key, event.shiftKey)) this.#wantUp();
  };

  #wantUp(): void {
    this.#contract.upIntent(this.#metrics());
    if (this.#contract.mode === 'free') this.#findAnchor();
    this.#look();
  }

  readonly #onResize = () => {
    this.view = this.#outer?.clientHeight ?? 0;
    if (this.#contract.resized() === 'to_end') this.#toEnd();
    else this.#restore();
    this.#look();
  };

  #toEnd(): void {
    this.#move(Number.MAX_SAFE_INTEGER);
    this.#findAnchor();
  }

  #restore(): void {
    const outer = this.#outer;
    const anchor = this.#anchor;
    if (!outer || !anchor) return;
    const element = anchor.element.isConnected ? anchor.element : foundAgain(outer, anchor);
    if (!element) {
      this.#findAnchor();
      return;
    }
    if (element !== anchor.element) this.#anchor = { ...anchor, element };
    const now = element.getBoundingClientRect().top - outer.getBoundingClientRect().top;
    if (Math.abs(now - anchor.offset) > 0.5) this.#move(outer.scrollTop + now - anchor.offset);
  }

  #move(top: number): void {
    const outer = this.#outer;
    if (!outer) return;
    outer.scrollTop = Math.min(top, outer.scrollHeight);
    this.#ours = outer.scrollTop;
  }

  /** The first thing that is seen, as small as there is one: a block of a text, else a message. */
  #findAnchor(): void {
    const outer = this.#outer;
    if (!outer || this.#contract.mode === 'held') return;
    const edge = outer.getBoundingClientRect().top;
    // By turns first: one far away is not laid out, and asking what is in it would do that.
    const turn = firstBelow(outer.querySelectorAll('[data-turn]'), edge) ?? outer;
    const message = firstBelow(turn.querySelectorAll('[data-message]'), edge);
    if (!message) return;
    const element = firstBelow(message.querySelectorAll(BLOCKS), edge) ?? message;
    this.#anchor = anchorAt(element, element.getBoundingClientRect().top - edge);
  }

  #look(): void {
    const metrics = this.#metrics();
    this.offersJump = this.#contract.offersJump(metrics);
    if (nearTop(metrics)) this.#onNearTop();
  }
}

/** The blocks of a text. */
const BLOCKS = '.markdown > *';

function anchorAt(element: Element, offset: number): Anchor {
  const message = element.closest('[data-message]');
  const blocks = message === element ? null : message?.querySelectorAll(BLOCKS);
  return {
    element,
    offset,
    message: message?.getAttribute('data-message') ?? null,
    block: blocks ? [...blocks].indexOf(element) : -1,
  };
}

/** What stands for an anchor that is no longer on the page. */
function foundAgain(outer: Element, { message, block }: Anchor): Element | null {
  if (message === null) return null;
  const all = [...outer.querySelectorAll('[data-message]')];
  const found = all.find((one) => one.getAttribute('data-message') === message);
  return found?.querySelectorAll(BLOCKS)[block] ?? found ?? null;
}

/** The first of these elements that ends below an edge; they are in order, so it is searched by halves. */
function firstBelow(elements: NodeListOf<Element>, edge: number): Element | null {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bottom = elements[middle]?.getBoundingClientRect().bottom ?? 0;
    if (bottom > edge + 1) high = middle;
    else low = middle + 1;
  }
  return elements[low] ?? null;
}
