// The collections of documents that the next questions are asked of, until the person lets them go.
import type { CollectionId } from '$lib/api';

class Asking {
  collections = $state.raw<readonly CollectionId[]>([]);

  toggle(id: CollectionId): void {
    const without = this.collections.filter((one) => one !== id);
    this.collections =
      without.length === this.collections.length ? [...this.collections, id] : without;
  }
}

export const asking = new Asking();
