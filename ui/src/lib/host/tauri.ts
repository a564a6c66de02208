// The host in the native window: two commands and a channel. The only module that knows Tauri.
import { Channel, invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { FileDrop, Host, StreamItem, StreamSink } from './types';
import { toApiError } from './wire';

async function rpc(command: string, request: unknown): Promise<unknown> {
  try {
    return await invoke('rpc', { command, request });
  } catch (cause) {
    throw toApiError(cause, 'internal');
  }
}

function subscribe(topic: string, from: number | null, sink: StreamSink): () => void {
  let open = true;
  const channel = new Channel<StreamItem[]>();
  channel.onmessage = (items) => {
    if (!open) return;
    sink.onAlive();
    if (items.length > 0) sink.onItems(items);
  };
  const started = invoke<string | number>('subscribe', { topic, fromSeq: from, channel });
  started.then(
    () => {
      if (open) sink.onAlive();
    },
    (cause: unknown) => {
      if (open) sink.onClosed(toApiError(cause, 'unreachable'));
    },
  );
  return () => {
    open = false;
    channel.onmessage = () => undefined;
    started.then((id) => invoke('unsubscribe', { id })).catch(() => undefined);
  };
}

function onFileDrop(handler: (drop: FileDrop) => void): () => void {
  const name = (path: string) => path.split(/[\\/]/).at(-1) ?? path;
  const stop = getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === 'leave') handler({ phase: 'leave', paths: [], names: [] });
    if (payload.type === 'enter') {
      handler({ phase: 'over', paths: payload.paths, names: payload.paths.map(name) });
    }
    if (payload.type === 'drop') {
      handler({ phase: 'drop', paths: payload.paths, names: payload.paths.map(name) });
    }
  });
  // Without the permission to listen there is no dropping; the file picker stays.
  stop.catch(() => undefined);
  return () => {
    stop.then((off) => off()).catch(() => undefined);
  };
}

export const windowHost: Host = {
  kind: 'window',
  // A sign of life comes every 2 s; a web view can lose a message without saying so.
  silence: 6_000,
  prepare: () => Promise.resolve(),
  rpc,
  subscribe,
  async openLink(url) {
    await rpc('link_open', { url });
  },
  async copyText(text) {
    await rpc('text_copy', { text });
  },
  onFileDrop,
};
