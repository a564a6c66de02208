// What the page of these tests shows; it changes while a text grows.
import type { Block } from '../../src/lib/markdown';

class Shown {
  blocks = $state.raw<readonly Block[]>([]);
}

export const shown = new Shown();
