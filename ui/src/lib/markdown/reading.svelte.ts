// Reads the rest of a long text as Markdown, a little in each frame, so that the page never waits.
// Up to a size this begins by itself; a larger text is read on when the person asks for it.
import { MAX_ASKED, MAX_MARKDOWN } from './limits';
import type { Block } from './nodes';
import { BlockSplitter } from './splitter';

export class Reading {
  #blocks = $state.raw<readonly Block[] | null>(null);
  #of: readonly Block[] | null = null;
  #asked = $state.raw<readonly Block[] | null>(null);
  readonly #given: () => readonly Block[];
  #stop: (() => void) | null = null;

  constructor(given: () => readonly Block[]) {
    this.#given = given;
  }

  /** The blocks to show: as they were given, or with more of them read. */
  get blocks(): readonly Block[] {
    const given = this.#given();
    return this.#blocks !== null && this.#of === given ? this.#blocks : given;
  }

  /** The first block that is not read though it could be, once nothing more comes. */
  get unread(): Block | null {
    const { blocks } = this;
    if (this.#asked === this.#given()) return null;
    return blocks.find((block) => block.node?.kind === 'plain' && block.node.rest) ?? null;
  }

  /** Whether the text goes on to be read by itself. */
  get small(): boolean {
    const given = this.#given();
    return given.reduce((sum, block) => sum + block.raw.length, 0) <= MAX_MARKDOWN;
  }

  /** Reads on. */
  start(): void {
    const given = this.#given();
    this.#asked = given;
    this.#stop?.();
    const splitter = new BlockSplitter(undefined, MAX_ASKED);
    splitter.push(given.map((block) => block.raw).join(''));
    let frame = 0;
    const step = () => {
      const blocks = splitter.split();
      const more = splitter.pending;
      this.#of = given;
      this.#blocks = kept(given, more ? blocks : splitter.finish());
      if (more) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    this.#stop = () => {
      cancelAnimationFrame(frame);
    };
  }

  close(): void {
    this.#stop?.();
  }
}

/** The blocks, with those that were there before as the same objects. */
function kept(before: readonly Block[], blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, at) => {
    const old = before[at];
    const same = old?.raw === block.raw && old.node?.kind === block.node?.kind && block.done;
    return same ? old : block;
  });
}
