// The thread in every state, over made-up answers, for looking and for measuring. Never shipped.
//
// Parameters: scene (rich, code, attack, rtl, versions, ends, notices, loading, queued, reading,
// writing, failed, refused, empty, long, huge, wide), theme, language; do=click:SELECTOR, type=TEXT.
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
const target = document.getElementById('app');
if (!target) throw new Error('no place');
setLanguage(wish.get('language'));
mount(App, { target });
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
const click = wish.get('click');
if (click !== null) setTimeout(() => document.querySelector<HTMLElement>(click)?.click(), 700);
const top = wish.get('top');
if (top !== null) {
  setTimeout(() => {
    const log = document.querySelector('[role="log"]');
    if (log) log.scrollTop = Number(top);
  }, 500);
}
