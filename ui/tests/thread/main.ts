// The thread in every state, over made-up answers, for looking and for measuring. Never shipped.
//
// Parameters: scene (rich, code, attack, files, thought, rtl, versions, ends, stopped, notices,
// loading, queued, reading, writing, failed, refused, empty, long, tenthousand, huge, wide), theme,
// language, dir; click=SELECTOR (several with |), type=TEXT, top=PIXELS, target=MESSAGE.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import { mount } from 'svelte';
import App from '../../src/app/App.svelte';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { navigation, session } from '../../src/lib/state';
import { world } from '../mock/data';
import { mockHost } from '../mock/host';
import { sceneHost, scenes } from './scenes';

const wish = new URLSearchParams(location.search);
const scene = wish.get('scene') ?? 'rich';
const state = world({
  scene: 'chat',
  theme: wish.get('theme') ?? 'system',
  language: wish.get('language'),
  engine: 'ready',
});
const page = document.getElementById('app');
if (!page) throw new Error('no place');
await setLanguage(wish.get('language'));
mount(App, { target: page });
const id = state.conversations[1]?.id ?? '';
await session.open(sceneHost(mockHost(state, 'chat'), scenes(id, scene), scene));
if (scene !== 'empty') navigation.conversation = id;
else navigation.startNew();

const type = wish.get('type');
if (type !== null) {
  setTimeout(() => {
    const field = document.querySelector('textarea');
    if (!field) return;
    field.value = type;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  }, 400);
}
const dir = wish.get('dir');
if (dir !== null) document.documentElement.dir = dir;
const target = wish.get('target');
if (target !== null) setTimeout(() => (navigation.target = target), 300);
(wish.get('click') ?? '').split('|').forEach((selector, at) => {
  if (selector === '') return;
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.click(), 700 + at * 300);
});
const top = wish.get('top');
if (top !== null) {
  setTimeout(() => {
    const log = document.querySelector('[role="log"]');
    if (log) log.scrollTop = Number(top);
  }, 500);
}
