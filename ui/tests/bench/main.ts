// The page of `./build.sh bench ui`: the whole interface over a host that writes an answer at a given
// speed, and a counter of frames. Driven by tests/bench/ui.py through WebDriver. Never shipped.
import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import '../../src/styles/tokens.css';
import '../../src/styles/base.css';
import { mount } from 'svelte';
import App from '../../src/app/App.svelte';
import type { ChatEvent } from '../../src/lib/api';
import type { Host, StreamSink } from '../../src/lib/host';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { session } from '../../src/lib/state';
import { FULL } from '../markdown/texts';
import { world } from '../mock/data';
import { mockHost } from '../mock/host';

/** Deltas come as the engine sends them. */
const PACE_MS = 20;

/** Frames from the first delta to the last, in milliseconds. */
export interface Frames {
  readonly perSecond: number;
  readonly longest: number;
  readonly over50: number;
  readonly tokens: number;
}

let rate = 200;
let seconds = 10;
let ended: (() => void) | null = null;
let begun: (() => void) | null = null;

/** Writes `rate` tokens a second for `seconds`; a word with its space is taken for a token. */
function write(sink: StreamSink): () => void {
  const words = FULL.split(/(?<=\s)/);
  const most = rate * seconds;
  const start = performance.now();
  let sent = 0;
  let seq = 0;
  const tell = (event: ChatEvent) => {
    sink.onItems([{ seq: seq++, event }]);
  };
  tell({ type: 'started', message_id: 'bench' });
  begun?.();
  const timer = setInterval(() => {
    const due = Math.min(most, Math.floor(((performance.now() - start) / 1000) * rate));
    let text = '';
    for (; sent < due; sent += 1) text += words[sent % words.length] ?? '';
    if (text !== '') tell({ type: 'delta', text, reasoning: '' });
    if (sent < most) return;
    clearInterval(timer);
    ended?.();
    tell({
      type: 'finished',
      message_id: 'bench',
      reason: 'stop',
      status: 'complete',
      usage: { prompt_tokens: 80, cached_tokens: 0, completion_tokens: sent },
      timing: {
        queue_ms: 0,
        ttft_ms: 100,
        prefill_tokens_per_second: 400,
        tokens_per_second: rate,
        batch_width: 1,
        draft_proposed: 0,
        draft_accepted: 0,
        thinking_ms: 0,
      },
    });
  }, PACE_MS);
  return () => {
    clearInterval(timer);
  };
}

function ask(text: string): void {
  const field = document.querySelector('textarea');
  if (!field) throw new Error('no field');
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
}

async function stream(tokensPerSecond: number, length: number): Promise<Frames> {
  rate = tokensPerSecond;
  seconds = length;
  const times: number[] = [];
  let counting = false;
  const frame = (now: number) => {
    times.push(now);
    if (counting) requestAnimationFrame(frame);
  };
  const over = new Promise<void>((done) => {
    ended = done;
  });
  begun = () => {
    counting = true;
    requestAnimationFrame(frame);
  };
  ask('Tell me about heat pumps.');
  await over;
  counting = false;
  const gaps = times.slice(1).map((now, at) => now - (times[at] ?? now));
  const all = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return {
    perSecond: (gaps.length / all) * 1000,
    longest: Math.max(...gaps),
    over50: gaps.filter((gap) => gap > 50).length,
    tokens: rate * seconds,
  };
}

const target = document.getElementById('app');
if (!target) throw new Error('no place');
await setLanguage('en');
mount(App, { target });
const base = mockHost(
  world({ scene: 'chat', theme: 'light', language: 'en', engine: 'ready' }),
  'chat',
);
const host: Host = {
  ...base,
  subscribe: (topic, from, sink) =>
    topic.startsWith('generation/') ? write(sink) : base.subscribe(topic, from, sink),
};
await session.open(host);
Object.assign(globalThis, { bench: { stream } });
