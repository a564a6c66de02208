// Holds a scrolling element to the contract of `scroll.ts`. It owns the anchor: WebKit has no
// scroll anchoring, and two anchors would fight.
import { onFrame } from './frame';
import { isUpKey, ScrollContract, type Metrics } from './scroll';

/** Between the top of what is seen and a question that was sent to it. */
const HEADROOM = 16;

interface Anchor {
  readonly element: Element;
  readonly offset: number;
}

export class Scroller {
  /** Whether the way to the end is offered. */
  offersJump = $state(false);
  /** The height of what is seen, for the room below a new question. */
  view = $state(0);
  readonly headroom = HEADROOM;
  readonly #contract = new ScrollContract();
  #outer: HTMLElement | null = null;
  #inner: HTMLElement | null = null;
  #anchor: Anchor | null = null;
  #ours = -1;
  #touch = 0;

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
      this.#anchor = { element: question, offset: HEADROOM };
      this.#restore();
      this.#look();
    });
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
    if (!anchor.element.isConnected) {
      this.#findAnchor();
      return;
    }
    const now = anchor.element.getBoundingClientRect().top - outer.getBoundingClientRect().top;
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
    const message = firstBelow(outer.querySelectorAll('[data-message]'), edge);
    if (!message) return;
    const block = firstBelow(message.querySelectorAll('.markdown > *'), edge);
    const element = block ?? message;
    this.#anchor = { element, offset: element.getBoundingClientRect().top - edge };
  }

  #look(): void {
    this.offersJump = this.#contract.offersJump(this.#metrics());
  }
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
