// Which folders stand open. Kept with the settings: the web view of the window keeps nothing itself.
import { SvelteSet } from 'svelte/reactivity';
import type { FolderId } from '$lib/api';
import { session } from '$lib/state';

/** More than anybody opens, and the most that are kept. */
const MOST = 1_000;

class OpenFolders {
  readonly #open = new SvelteSet<FolderId>();
  #of: unknown = null;

  /** Takes what is kept, once for each opening of the program. Called while a component is set up. */
  restore(): void {
    const { status, settings } = session;
    if (!settings || !status || this.#of === status.process) return;
    this.#of = status.process;
    this.#open.clear();
    for (const id of settings.appearance.open_folders) this.#open.add(id);
  }

  has(id: FolderId): boolean {
    return this.#open.has(id);
  }

  /** Opens or closes one; of the others those are kept that still exist. */
  set(id: FolderId, wanted: boolean, existing: readonly FolderId[]): void {
    if (wanted) this.#open.add(id);
    else this.#open.delete(id);
    const kept = existing.filter((one) => this.#open.has(one)).slice(0, MOST);
    // What cannot be kept stands as it does until the program ends.
    session.change({ appearance: { open_folders: kept } }).catch(() => undefined);
  }
}

export const openFolders = new OpenFolders();
