// The whole page of the quick chat, in the place of its first picture.
import '@fontsource-variable/jetbrains-mono/index.css';
import { mount } from 'svelte';
import { Quick } from '$features/quick';
import type { First, Look } from '$features/quick-first';
import { openHost } from '$lib/host';
import { setLanguage } from '$lib/i18n/index.svelte';
import { session } from '$lib/state';

/** Draws it into `target` and goes on with what was written. */
export async function takeOver(target: HTMLElement, look: Look | null, first: First | null) {
  await Promise.all([setLanguage(look?.language ?? null), openHost()]);
  await first?.settled();
  mount(Quick, { target, props: { begun: first?.leave() ?? null } });
  void session.open();
}
