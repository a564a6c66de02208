// Properties that a test can change while a component is shown.
import type { Block } from '../../src/lib/markdown';

export function blockProps(): { blocks: readonly Block[] } {
  let blocks = $state.raw<readonly Block[]>([]);
  return {
    get blocks() {
      return blocks;
    },
    set blocks(next) {
      blocks = next;
    },
  };
}

export function threadProps(first: string | null): { conversation: string | null } {
  let conversation = $state(first);
  return {
    get conversation() {
      return conversation;
    },
    set conversation(next) {
      conversation = next;
    },
  };
}
