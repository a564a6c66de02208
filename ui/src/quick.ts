// Starts the user interface of the quick chat. In a browser there is none: its commands are those
// of a window, and the page stays empty.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/quick.css';
import { Quick } from '$features/quick';
import { mount } from 'svelte';
import { rpc } from '$lib/api';
import { openHost } from '$lib/host';
import { setLanguage } from '$lib/i18n/index.svelte';
import { session } from '$lib/state';
import { applyAppearance } from '$lib/state/theme.svelte';
import { lookOf } from './quick-look';

const target = document.getElementById('app');
if (target && '__TAURI_INTERNALS__' in window) {
  const look = lookOf(location.search);
  if (look) applyAppearance(look);
  await Promise.all([setLanguage(look?.language ?? null), openHost()]);
  mount(Quick, { target });
  // The field is there, so the window is shown; what is kept is read meanwhile.
  rpc('ui_ready', {}).catch(() => undefined);
  void session.open();
}
