// What tests of components need: a page without layout, a component on it, a host that is told
// what to say.
import { flushSync, mount, unmount, type Component } from 'svelte';
import { vi } from 'vitest';
import { openHost, type Host, type StreamItem, type StreamSink } from '../../src/lib/host';

/** jsdom has no layout; nothing here depends on sizes. */
export function preparePage(): void {
  class Observer {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
  vi.stubGlobal('ResizeObserver', Observer);
  vi.stubGlobal('IntersectionObserver', Observer);
}

const mounted: ReturnType<typeof mount>[] = [];

export function show<P extends Record<string, unknown>>(
  component: Component<P>,
  props: P,
): HTMLElement {
  const target = document.createElement('div');
  document.body.append(target);
  mounted.push(
    mount(component as unknown as Component<Record<string, unknown>>, { target, props }),
  );
  flushSync();
  return target;
}

export async function clear(): Promise<void> {
  for (const one of mounted.splice(0)) await unmount(one);
  document.body.replaceChildren();
}

type Answer = (request: never) => unknown;

export class TestHost implements Host {
  readonly kind = 'browser';
  readonly silence = 60_000;
  readonly diagramPage = 'about:blank';
  readonly calls: { command: string; request: unknown }[] = [];
  readonly opened: string[] = [];
  readonly copied: string[] = [];
  readonly rich: { html: string; text: string }[] = [];
  readonly saved: { name: string; text: string }[] = [];
  readonly subscriptions: {
    topic: string;
    from: number | null;
    sink: StreamSink;
    open: boolean;
  }[] = [];
  answers: Record<string, Answer> = {};

  async rpc(command: string, request: unknown): Promise<unknown> {
    this.calls.push({ command, request });
    const answer = this.answers[command];
    if (!answer) throw new Error(`no answer for ${command}`);
    return await answer(request as never);
  }

  subscribe(topic: string, from: number | null, sink: StreamSink): () => void {
    const one = { topic, from, sink, open: true };
    this.subscriptions.push(one);
    return () => {
      one.open = false;
    };
  }

  /** Sends to whoever listens to a topic now. */
  send(topic: string, ...items: StreamItem[]): void {
    for (const one of this.subscriptions) {
      if (one.topic === topic && one.open) one.sink.onItems(items);
    }
  }

  called(command: string): unknown[] {
    return this.calls.filter((call) => call.command === command).map((call) => call.request);
  }

  prepare = () => Promise.resolve();

  openLink(url: string): Promise<void> {
    this.opened.push(url);
    return Promise.resolve();
  }

  copyText(text: string): Promise<void> {
    this.copied.push(text);
    return Promise.resolve();
  }

  copyRich(html: string, text: string): Promise<void> {
    this.rich.push({ html, text });
    return Promise.resolve();
  }

  saveText(name: string, text: string): Promise<boolean> {
    this.saved.push({ name, text });
    return Promise.resolve(true);
  }

  onFileDrop = () => () => undefined;
}

export async function testHost(): Promise<TestHost> {
  const host = new TestHost();
  await openHost(host);
  return host;
}

/** Lets promises, frames and effects come to rest. */
export async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 40));
  flushSync();
}
