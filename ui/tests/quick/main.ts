// The quick chat over a made-up host, in a box of the size that it asks for, for looking. Never
// shipped. Parameters of the address: scene (empty, typed, asked, long, list, personas, note,
// refused, chips), theme, language, engine.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import '../../src/styles/quick-frame.css';
import './look.css';
import { mount } from 'svelte';
import { Quick } from '../../src/features/quick';
import { quick } from '../../src/features/quick/quick.svelte';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { session } from '../../src/lib/state';
import { quickWorld } from './host';

const wish = new URLSearchParams(location.search);
const scene = wish.get('scene') ?? 'empty';
const made = quickWorld({
  theme: wish.get('theme') ?? 'system',
  language: wish.get('language'),
  engine: wish.get('engine') ?? 'ready',
});
const rpc = made.host.rpc.bind(made.host);
const target = document.getElementById('app');
if (!target) throw new Error('no place');
const host = {
  ...made.host,
  rpc(command: string, request: unknown) {
    if (command === 'quick_resize') {
      const { width, height } = request as { width: number; height: number };
      target.style.inlineSize = `${String(width)}px`;
      target.style.blockSize = `${String(Math.min(height, 540))}px`;
    }
    return rpc(command, request);
  },
};

await setLanguage(wish.get('language'));
if (scene === 'refused') made.refuse = { app_status: 'locked' };
mount(Quick, { target });
await session.open(host);
await quick.load();

const press = (key: string) =>
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true }));
const ask = (text: string) => {
  quick.text = text;
  return quick.ask();
};
if (scene === 'typed') quick.text = 'Translate “the kettle is warm” into French';
if (scene === 'asked' || scene === 'note' || scene === 'long')
  await ask('What is the capital of France?');
if (scene === 'long')
  setTimeout(() => void ask('And which river does it lie on, and since when?'), 5000);
if (scene === 'note') setTimeout(() => void quick.copy(), 5000);
if (scene === 'chips') {
  await quick.take('clipboard');
  quick.text = 'Say this politely';
}
if (scene === 'list') press('k');
if (scene === 'personas') press('p');
if (wish.has('dir')) document.documentElement.dir = wish.get('dir') ?? '';

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
