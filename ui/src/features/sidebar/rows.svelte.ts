// What the rows of the list share: which one is in the tab order, which is being named, the one menu,
// and what keys, clicks and presses on a row mean.
import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import Download from '@lucide/svelte/icons/download';
import FolderInput from '@lucide/svelte/icons/folder-input';
import Pencil from '@lucide/svelte/icons/pencil';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import SquareCheck from '@lucide/svelte/icons/square-check';
import Trash2 from '@lucide/svelte/icons/trash-2';
import { tick } from 'svelte';
import type { Conversation, ConversationId } from '$lib/api';
import { t } from '$lib/i18n/index.svelte';
import { navigation } from '$lib/state';
import { archiveAll, moveAll, remove, removeAll, togglePin } from '$lib/state/conversations';
import type { MenuItem } from '$lib/ui/Menu.svelte';
import { drag } from './drag.svelte';
import type { ConversationList } from './list.svelte';

interface OpenMenu {
  readonly id: ConversationId;
  readonly at: HTMLElement;
  readonly items: readonly MenuItem[];
}

export class RowActions {
  /** The conversation or folder whose name is being written. */
  editing = $state<string | null>(null);
  /** The row that had the focus last: a conversation or a folder. */
  reached = $state<string | null>(null);
  menu = $state.raw<OpenMenu | null>(null);
  /** The menu stood open when its button was pressed, which closed it. */
  wasOpen = false;

  /** The one row in the tab order. */
  readonly reachable: string | null = $derived.by(() => {
    const wanted = [this.reached, navigation.conversation];
    const found = wanted.find((id) => id !== null && this.list.has(id));
    return found ?? this.list.stops[0] ?? null;
  });

  constructor(readonly list: ConversationList) {}

  /** Puts the focus on a row; what is far away is drawn first. */
  async focus(id: string): Promise<void> {
    this.reached = id;
    await tick();
    document.querySelector<HTMLElement>(`[data-row="${id}"], [data-folder="${id}"]`)?.focus();
  }

  click(conversation: Conversation, event: MouseEvent): void {
    const { selection, order } = this.list;
    const { id } = conversation;
    if (event.shiftKey) {
      const ids = order.map((one) => one.id);
      selection.extend(id, ids, navigation.conversation);
    } else if (selection.active || event.ctrlKey || event.metaKey) selection.toggle(id);
    else navigation.open(id);
  }

  key(conversation: Conversation, event: KeyboardEvent): void {
    if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      this.openMenu(conversation, event.currentTarget as HTMLElement);
    } else if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    else if (event.key === 'F2') this.editing = conversation.id;
    else if (event.key === 'Delete') this.#delete(conversation);
    else return;
    event.preventDefault();
  }

  press(conversation: Conversation, event: PointerEvent): void {
    if (this.list.archive) return;
    const { selection } = this.list;
    const what = () => (selection.has(conversation.id) ? this.list.chosen : [conversation]);
    drag.press(event, what, (carried, folder) => {
      const target = this.list.folders.find((one) => one.id === folder) ?? null;
      void moveAll(carried, target);
    });
  }

  openMenu(conversation: Conversation, at: HTMLElement): void {
    this.menu = { id: conversation.id, at, items: this.#items(conversation) };
  }

  #delete(conversation: Conversation): void {
    const { selection, chosen } = this.list;
    if (!selection.active) {
      this.stepFrom(conversation.id);
      void remove(conversation);
    } else if (chosen.length > 0) {
      selection.stop();
      void removeAll(chosen);
    }
  }

  /** The focus goes to the next row, for this one goes. */
  stepFrom(id: string): void {
    const { stops } = this.list;
    const at = stops.indexOf(id);
    const next = stops[at + 1] ?? stops[at - 1];
    if (next !== undefined) void this.focus(next);
  }

  #items(conversation: Conversation): MenuItem[] {
    const { id, pinned, archived } = conversation;
    return [
      {
        label: t('sidebar.rename'),
        icon: Pencil,
        shortcut: 'F2',
        run: () => (this.editing = id),
      },
      {
        label: t(pinned ? 'sidebar.unpin' : 'sidebar.pin'),
        icon: pinned ? PinOff : Pin,
        run: () => void togglePin(conversation),
      },
      {
        label: t('finding.move'),
        icon: FolderInput,
        run: () => (this.list.moving = [conversation]),
      },
      {
        label: t('finding.select'),
        icon: SquareCheck,
        run: () => {
          this.list.selection.start(id);
        },
      },
      {
        label: t(archived ? 'finding.unarchive' : 'finding.archive'),
        icon: archived ? ArchiveRestore : Archive,
        divided: true,
        run: () => {
          this.stepFrom(id);
          void archiveAll([conversation], !archived);
        },
      },
      {
        label: t('finding.export'),
        icon: Download,
        run: () => (navigation.export = { ids: [id] }),
      },
      {
        label: t('sidebar.delete'),
        icon: Trash2,
        shortcut: 'Del',
        danger: true,
        divided: true,
        run: () => {
          this.stepFrom(id);
          void remove(conversation);
        },
      },
    ];
  }
}
