// What the list of conversations shows now: its pages, its groups, what is in the open folders, and
// in which order a person goes through them. Made while a component is set up.
import { tick } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Conversation, Folder, FolderId } from '$lib/api';
import { query } from '$lib/state';
import { groupConversations, undoubled, type Group } from './groups';
import { openFolders } from './open-folders.svelte';
import { ConversationPages } from './pages.svelte';
import { Selection } from './selection.svelte';

export class ConversationList {
  /** Shows what was put away instead of the list. */
  archive = $state(false);
  /** A folder is being named that is not made yet. */
  naming = $state(false);
  /** These are asked for a folder; `null` while nothing is being moved. */
  moving = $state.raw<readonly Conversation[] | null>(null);
  readonly selection = new Selection();
  readonly pages = new ConversationPages(() => ({ archived: this.archive }));
  readonly #folders = query('folder_list', () => (this.archive ? null : {}));
  readonly #contents = new SvelteMap<FolderId, readonly Conversation[]>();

  readonly folders: readonly Folder[] = $derived(
    [...(this.#folders.data ?? [])].sort((one, other) => one.name.localeCompare(other.name)),
  );

  readonly groups: readonly Group[] = $derived.by(() => {
    if (!this.archive) return groupConversations(this.pages.items, Date.now());
    const items = undoubled(this.pages.items);
    return items.length === 0 ? [] : [{ key: 'archive', label: '', items }];
  });

  readonly pinned: readonly Group[] = $derived(this.groups.filter((one) => one.key === 'pinned'));
  readonly dated: readonly Group[] = $derived(this.groups.filter((one) => one.key !== 'pinned'));

  /** Every conversation that is shown, from the top to the bottom. */
  readonly order: readonly Conversation[] = $derived([
    ...this.pinned.flatMap((group) => group.items),
    ...this.folders.flatMap((folder) => this.inside(folder.id)),
    ...this.dated.flatMap((group) => group.items),
  ]);

  /** What the arrow keys stop at: conversations, and folders before what lies in them. */
  readonly stops: readonly string[] = $derived([
    ...this.pinned.flatMap((group) => group.items.map((one) => one.id)),
    ...this.folders.flatMap(({ id }) => [id, ...this.inside(id).map((one) => one.id)]),
    ...this.dated.flatMap((group) => group.items.map((one) => one.id)),
  ]);

  readonly #stops = $derived(new Set(this.stops));

  constructor() {
    openFolders.restore();
  }

  /** The chosen ones, in the order of the list. */
  get chosen(): readonly Conversation[] {
    return this.order.filter((one) => this.selection.has(one.id));
  }

  /** Whether a conversation or a folder is shown. */
  has(id: string): boolean {
    return this.#stops.has(id);
  }

  isOpen(folder: FolderId): boolean {
    return openFolders.has(folder);
  }

  toggle(folder: FolderId, wanted = !openFolders.has(folder)): void {
    if (wanted === openFolders.has(folder)) return;
    const existing = this.folders.map((one) => one.id);
    openFolders.set(folder, wanted, existing);
  }

  /** What an open folder shows. */
  inside(folder: FolderId): readonly Conversation[] {
    return openFolders.has(folder) ? (this.#contents.get(folder) ?? []) : [];
  }

  /** Told by the part that shows the folder. */
  fill(folder: FolderId, items: readonly Conversation[]): void {
    this.#contents.set(folder, items);
  }

  /** Chooses all, those too that were not read yet. */
  async selectAll(): Promise<void> {
    this.selection.add(this.order.map((one) => one.id));
    await this.pages.all();
    if (this.selection.active) this.selection.add(this.order.map((one) => one.id));
  }

  /** The focus goes to what leads to where it came from. */
  async showArchive(shown: boolean): Promise<void> {
    this.selection.stop();
    this.naming = false;
    this.archive = shown;
    await tick();
    document.querySelector<HTMLElement>('[data-list-more]')?.focus();
  }
}
