// Copying a text, and saying so for a moment. For the buttons that do it, whatever they look like.
import { host } from '$lib/host';
import { t } from '$lib/i18n/index.svelte';
import { announce } from '$lib/state';
import { toasts } from '$lib/state/toasts.svelte';

/** How long a button says that it was done. */
const SAID_FOR = 1_500;

export class Copying {
  /** It was just copied. */
  done = $state(false);

  async copy(text: string): Promise<void> {
    try {
      await host().copyText(text);
    } catch {
      toasts.show({ kind: 'error', text: t('common.copyFailed'), detail: null, action: null });
      return;
    }
    this.done = true;
    announce(t('common.copied'));
    setTimeout(() => (this.done = false), SAID_FOR);
  }
}
