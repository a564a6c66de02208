// Starts the user interface of the quick chat. In a browser there is none: its commands are those
// of a window, and the page stays empty.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/quick.css';
import { Quick } from '$features/quick';
import { mount } from 'svelte';
import { setLanguage } from '$lib/i18n/index.svelte';
import { session } from '$lib/state';

const target = document.getElementById('app');
if (target && '__TAURI_INTERNALS__' in window) {
  await setLanguage(null);
  mount(Quick, { target });
  void session.open();
}
