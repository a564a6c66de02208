// The page over a made-up host, and what the program was asked meanwhile.
import { flushSync } from 'svelte';
import { vi } from 'vitest';
import type { Rpc } from '../../src/lib/api';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { beginning } from '../../src/lib/state/beginning.svelte';
import { navigation, session } from '../../src/lib/state';
import { personas } from '../../src/lib/state/personas.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import type { Host } from '../../src/lib/host';
import { world, type World } from './data';
import { mockHost } from './host';
import { withoutLayout } from './layout';

// A busy computer is no fault of the page.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

export interface Page {
  readonly world: World;
  readonly host: Host;
  /** The requests of a command so far. */
  asked<K extends keyof Rpc>(command: K): Rpc[K][0][];
}

export async function openPage(values: Partial<Host> = {}): Promise<Page> {
  withoutLayout();
  const made = world({ scene: 'chat', theme: 'system', language: 'en', engine: 'ready' });
  const inner = mockHost(made, 'chat');
  const calls: { command: string; request: unknown }[] = [];
  const host: Host = {
    ...inner,
    rpc(command, request) {
      calls.push({ command, request });
      return inner.rpc(command, request);
    },
    ...values,
  };
  await session.open(host);
  await setLanguage('en');
  beginning.reset();
  personas.managing = false;
  navigation.startNew();
  return {
    world: made,
    host,
    asked: <K extends keyof Rpc>(command: K) =>
      calls.filter((call) => call.command === command).map((call) => call.request as Rpc[K][0]),
  };
}

export function closePage(): void {
  for (const toast of toasts.list) toasts.dismiss(toast.id);
  navigation.panel = null;
  navigation.settings = null;
  navigation.export = null;
  personas.managing = false;
  vi.unstubAllGlobals();
}

export const until = (check: () => void) =>
  vi.waitFor(
    () => {
      flushSync();
      check();
    },
    { timeout: 20_000 },
  );

/** The field of a label, as the kind of field that the test expects. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function byLabel<T extends HTMLElement = HTMLInputElement>(label: string): T {
  const found = [...document.querySelectorAll('label')].find(
    (one) => one.textContent.trim() === label,
  );
  const field = found && document.getElementById(found.htmlFor);
  if (!field) throw new Error(`no field “${label}”`);
  return field as T;
}

export function button(text: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find(
    (one) => one.textContent.trim() === text || one.ariaLabel === text,
  );
  if (!found) throw new Error(`no button “${text}”`);
  return found;
}

export function type(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

export function choose(field: HTMLSelectElement, value: string): void {
  field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
}
