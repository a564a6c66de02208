// What the library page does: which collection is open, how its queue goes on, and every action.
import type { Collection, CollectionId, FileCounts, LibraryEvent } from '$lib/api';
import { followLibrary } from '$lib/api/stream';
import { act, invalidate, notifyError } from '$lib/state';

class Library {
  chosen = $state<CollectionId | null>(null);
  /** The newest counts of the stream; they come sooner than the list. */
  counts = $state.raw<Readonly<Record<CollectionId, FileCounts>>>({});

  /** Follows the queue while the page is open. */
  follow(): () => void {
    const stream = followLibrary({
      onEvents: (events) => {
        this.#take(events);
      },
      onGap: () => {
        invalidate(['library']);
      },
    });
    return () => {
      stream.close();
    };
  }

  countsOf(collection: Collection): FileCounts {
    return this.counts[collection.id] ?? collection.counts;
  }

  async create(name: string): Promise<boolean> {
    return await this.#try(async () => {
      this.chosen = (await act('collection_create', { name })).id;
    });
  }

  async remove(id: CollectionId): Promise<void> {
    await this.#try(async () => {
      await act('collection_delete', { id });
      if (this.chosen === id) this.chosen = null;
    });
  }

  async pause(id: CollectionId, paused: boolean): Promise<void> {
    await this.#try(async () => {
      await act('collection_pause', { id, paused });
    });
  }

  async retry(id: CollectionId): Promise<void> {
    await this.#try(async () => {
      await act('collection_retry', { id });
    });
  }

  async pick(collection: CollectionId, folder: boolean): Promise<void> {
    await this.#try(async () => {
      await act('library_pick', { collection, folder });
    });
  }

  async add(collection: CollectionId, paths: readonly string[]): Promise<void> {
    await this.#try(async () => {
      await act('library_add', { collection, paths: [...paths] });
    });
  }

  async takeOut(source: string): Promise<void> {
    await this.#try(async () => {
      await act('source_remove', { id: source });
    });
  }

  async tag(file: string, change: { add?: string[]; remove?: string[] }): Promise<void> {
    await this.#try(async () => {
      await act('file_tag', { files: [file], ...change });
    });
  }

  async readAgain(file: string, password?: string): Promise<void> {
    await this.#try(async () => {
      await act('file_retry', password === undefined ? { id: file } : { id: file, password });
    });
  }

  #take(events: readonly LibraryEvent[]): void {
    const counts = { ...this.counts };
    for (const event of events) {
      if (event.type === 'progress') counts[event.collection] = event.counts;
    }
    this.counts = counts;
  }

  async #try(run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (cause) {
      notifyError(cause);
      return false;
    }
  }
}

export const library = new Library();
