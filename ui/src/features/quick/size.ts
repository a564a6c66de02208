// Tells the window how much room the page needs. While an answer grows the window grows in whole
// lines and never shrinks: each change of a window costs more than a few empty pixels.
import type { Attachment } from 'svelte/attachments';
import { rpc } from '$lib/api';
import { onFrame } from '$lib/answer/frame';

/** Width and least height at the usual text size; both follow the root's. */
const REMS = { width: 42.5, height: 4 };
/** A step of a growing window: about a line of text. */
const STEP = 26;
/** The hairlines around the page. */
const EDGES = 2;
/** What a dialog over the page needs. */
const DIALOG = 21;

export interface Growth {
  /** An answer is being written. */
  readonly growing: boolean;
  /** A dialog is open. */
  readonly dialog: boolean;
}

/** The height to ask for. `last` is the one that was asked for before. */
export function heightFor(parts: number, rem: number, last: number, growth: Growth): number {
  const least = (growth.dialog ? DIALOG : REMS.height) * rem;
  const needed = Math.max(parts <= least ? least : parts + EDGES, least);
  if (!growth.growing) return Math.ceil(needed);
  return Math.max(last, Math.ceil(needed / STEP) * STEP);
}

/** Measures the `[data-part]` elements of the page and asks for the room that they take. */
export function roomFor(growth: () => Growth): Attachment<HTMLElement> {
  return (page) => {
    let last = { width: 0, height: 0 };
    let frame: (() => void) | null = null;
    const now = growth();
    const ask = () => {
      frame = null;
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
      const parts = [...page.querySelectorAll<HTMLElement>('[data-part]')];
      const sum = parts.reduce((all, part) => all + part.offsetHeight, 0);
      const height = heightFor(sum, rem, last.height, now);
      const width = Math.round(REMS.width * rem);
      if (width === last.width && height === last.height) return;
      last = { width, height };
      rpc('quick_resize', last).catch(() => undefined);
    };
    const plan = () => {
      frame ??= onFrame(ask);
    };
    const sizes = new ResizeObserver(plan);
    const watch = () => {
      sizes.disconnect();
      for (const part of page.querySelectorAll('[data-part]')) sizes.observe(part);
      plan();
    };
    const tree = new MutationObserver(watch);
    tree.observe(page, { childList: true });
    watch();
    return () => {
      tree.disconnect();
      sizes.disconnect();
      frame?.();
    };
  };
}
