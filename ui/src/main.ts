// Starts the main window's user interface.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import { mount } from 'svelte';
import { setLanguage } from '$lib/i18n/index.svelte';
import { session } from '$lib/state';
import { mainWindow } from '$lib/state/main-window.svelte';
import App from './app/App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no place for the application');

await setLanguage(null);
mainWindow.claim();
mount(App, { target });
void session.open();
