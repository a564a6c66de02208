// What a thread adds to the palette and the keyboard map.
import { t } from '$lib/i18n/index.svelte';
import type { Intent } from '$lib/state/intent.svelte';
import type { MessageActions } from './message-actions.svelte';
import type { Places } from './places.svelte';
import type { ThreadState } from './thread-state.svelte';

export function threadIntents(
  thread: ThreadState,
  actions: MessageActions,
  places: Places,
): readonly Intent[] {
  const answer = () => {
    const last = thread.rows.at(-1);
    return last?.message.role === 'assistant' ? last : undefined;
  };
  const idle = () => !actions.busy && answer() !== undefined;
  return [
    {
      id: 'thread.stop',
      group: 'message',
      keys: 'Escape',
      local: true,
      label: () => t('thread.intent.stop'),
      enabled: () => actions.busy,
      run: () => thread.stop(),
    },
    {
      id: 'thread.regenerate',
      group: 'message',
      label: () => t('thread.regenerate'),
      enabled: idle,
      run: () => {
        const last = answer();
        if (last) actions.regenerate(last.message);
      },
    },
    {
      id: 'thread.continue',
      group: 'message',
      label: () => t('thread.intent.continue'),
      enabled: () => {
        const last = answer();
        return !actions.busy && last !== undefined && actions.canGoOn(last);
      },
      run: () => {
        const last = answer();
        if (last) actions.goOn(last.message);
      },
    },
    {
      id: 'thread.edit',
      group: 'message',
      keys: 'ArrowUp',
      local: true,
      label: () => t('thread.intent.edit'),
      enabled: () => thread.rows.length > 0,
      run: () => void actions.editLast(),
    },
    {
      id: 'thread.copy',
      group: 'message',
      keys: 'Mod+Shift+C',
      label: () => t('thread.intent.copy'),
      enabled: () => answer() !== undefined,
      run: () => {
        const last = answer();
        if (last) void actions.copy(last.live?.text || last.message.content, 'markdown');
      },
    },
    {
      id: 'thread.print',
      group: 'conversation',
      keys: 'Mod+P',
      label: () => t('desktop.key.print'),
      enabled: () => thread.rows.length > 0,
      run: () => void places.print(),
    },
    {
      id: 'thread.previous',
      group: 'message',
      keys: 'Alt+ArrowUp',
      label: () => t('thread.intent.previous'),
      quiet: true,
      run: () => void places.step(-1),
    },
    {
      id: 'thread.next',
      group: 'message',
      keys: 'Alt+ArrowDown',
      label: () => t('thread.intent.next'),
      quiet: true,
      run: () => void places.step(1),
    },
    {
      id: 'thread.beginning',
      group: 'message',
      keys: 'Home',
      local: true,
      label: () => t('thread.beginning'),
      enabled: () => thread.rows.length > 0,
      run: () => void places.toBeginning(),
    },
  ];
}
