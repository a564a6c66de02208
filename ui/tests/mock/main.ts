// The user interface over a host that makes everything up, for looking and for component tests.
// Never shipped: `vite build` starts from ui/index.html alone.
//
// Parameters of the address: scene (chat, new, welcome, empty, settings, consent, signed_out,
// starting, or an error code), theme, language, engine, section.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import '../../src/styles/print.css';
import { mount } from 'svelte';
import App from '../../src/app/App.svelte';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { navigation, notify, session } from '../../src/lib/state';
import { models } from '../../src/lib/state/models.svelte';
import type { SettingsSection } from '../../src/lib/state/navigation.svelte';
import { FOREIGN_MODEL, MANY_MODELS, world } from './data';
import { mockHost } from './host';

const wish = new URLSearchParams(location.search);
const scene = wish.get('scene') ?? 'chat';
const state = world({
  scene,
  theme: wish.get('theme') ?? 'system',
  language: wish.get('language'),
  engine: wish.get('engine') ?? 'ready',
});

if (scene === 'models') state.models = [...state.models, ...MANY_MODELS];

const target = document.getElementById('app');
if (!target) throw new Error('no place');
await setLanguage(wish.get('language'));
mount(App, { target });
await session.open(mockHost(state, scene));

const CHATS = [
  'chat',
  'guard',
  'finding',
  'many',
  'settings',
  'consent',
  'composer',
  'full',
  'overfull',
  'cited',
];
if (CHATS.includes(scene)) {
  navigation.conversation = state.conversations[1]?.id ?? null;
}
if (scene === 'settings') {
  navigation.settings = (wish.get('section') ?? 'appearance') as SettingsSection;
}
if (scene === 'models') {
  navigation.models = true;
}
if (scene === 'consent') models.asking = FOREIGN_MODEL;
if (wish.has('toast'))
  notify('“Rent increase letter” was deleted.', { label: 'Undo', run: () => undefined });
if (wish.has('dir')) document.documentElement.dir = wish.get('dir') ?? '';
if (wish.has('palette')) navigation.palette = true;
if (wish.has('keys')) navigation.keys = true;
if (wish.has('search')) navigation.search = true;
if (scene === 'library' || scene === 'nodocuments') navigation.library = true;
if (wish.has('panel')) navigation.panel = 'conversation';
if (wish.has('drawer')) navigation.drawer = true;
if (wish.has('click')) {
  setTimeout(
    () => document.querySelector<HTMLElement>(wish.get('click') ?? '')?.click(),
    Number(wish.get('after') ?? 300),
  );
}

// For `--dump-dom`: the findings of axe as text of the page.
if (wish.has('axe')) {
  setTimeout(() => {
    void import('../a11y/axe').then(async ({ findings }) => {
      const report = document.createElement('pre');
      report.id = 'axe';
      report.textContent = JSON.stringify(await findings(), null, 1);
      document.body.append(report);
    });
  }, 1500);
}
