// Markdown by itself, without the application around it, for looking and for measuring. Never
// shipped.
//
// Parameters: scene (full, table, folded, long, line, links, list, deep), theme, language, dir;
// stream=TOKENS lets the text grow by that many tokens a second.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import { mount } from 'svelte';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { openHost } from '../../src/lib/host';
import { BlockSplitter } from '../../src/lib/markdown';
import { world } from '../mock/data';
import { mockHost } from '../mock/host';
import { shown } from './page.svelte';
import Page from './Page.svelte';
import { scene } from './texts';

const wish = new URLSearchParams(location.search);
const theme = wish.get('theme');
if (theme !== null) document.documentElement.dataset.theme = theme;
document.documentElement.dir = wish.get('dir') ?? 'ltr';
await setLanguage(wish.get('language'));
const state = world({ scene: 'chat', theme: 'system', language: null, engine: 'ready' });
await openHost(mockHost(state, 'chat'));

const target = document.getElementById('app');
if (!target) throw new Error('no place');
const text = scene(wish.get('scene') ?? 'full');
const rate = Number(wish.get('stream') ?? 0);
const begun = performance.now();
if (rate === 0) shown.blocks = BlockSplitter.of(text);
mount(Page, { target });
requestAnimationFrame(() => {
  target.dataset.ready = String(Math.round(performance.now() - begun));
});
if (rate > 0) stream(text.split(/(?<=\s)/), rate);

/** Lets the text grow in time with the clock, whatever the frames do. */
function stream(tokens: readonly string[], perSecond: number): void {
  const splitter = new BlockSplitter();
  const from = performance.now();
  let at = 0;
  const step = () => {
    const until = Math.min(tokens.length, ((performance.now() - from) / 1000) * perSecond);
    let fresh = '';
    while (at < until) fresh += tokens[at++] ?? '';
    if (fresh !== '') splitter.push(fresh);
    shown.blocks = at < tokens.length ? splitter.split() : splitter.finish();
    if (at < tokens.length) requestAnimationFrame(step);
    else document.title = 'done';
  };
  requestAnimationFrame(step);
}
