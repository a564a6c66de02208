// The host in the native window: two commands and a channel. The only module that knows Tauri.
import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { DroppedFile } from '$lib/api/generated/DroppedFile';
import { copyRich } from './clipboard';
import { safeName } from './download';
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
  const tell = (
    phase: FileDrop['phase'],
    paths: readonly string[],
    files: readonly File[] = [],
  ) => {
    handler({ phase, paths, names: paths.map(name), files });
  };
  const dropped = async (paths: readonly string[]) => {
    const model = paths.some((path) => path.toLowerCase().endsWith('.gguf'));
    tell('drop', paths, model ? [] : await readDropped().catch(() => []));
  };
  const stop = getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === 'leave') tell('leave', []);
    if (payload.type === 'enter') tell('over', payload.paths);
    if (payload.type === 'drop') void dropped(payload.paths);
  });
  // Without the permission to listen there is no dropping; the file picker stays.
  stop.catch(() => undefined);
  return () => {
    stop.then((off) => off()).catch(() => undefined);
  };
}

/** What was dropped last, read by the program; a file that cannot be read is empty. */
async function readDropped(): Promise<File[]> {
  const found = (await rpc('files_dropped', {})) as DroppedFile[];
  return found.map(({ name, base64 }) => {
    const bytes = Uint8Array.from(atob(base64 ?? ''), (one) => one.charCodeAt(0));
    return new File([bytes], name);
  });
}

async function copyText(text: string): Promise<void> {
  await rpc('text_copy', { text });
}

export const windowHost: Host = {
  kind: 'window',
  // A sign of life comes every 2 s; a web view can lose a message without saying so.
  silence: 6_000,
  // A scheme of its own, so that nothing of ours is of its origin.
  get diagramPage() {
    return convertFileSrc('diagram.html', 'artifact');
  },
  prepare: () => Promise.resolve(),
  rpc,
  subscribe,
  async openLink(url) {
    await rpc('link_open', { url });
  },
  copyText,
  copyRich: (html, text) => copyRich(html, text, copyText),
  async saveText(name, text) {
    return (await rpc('text_save', { name: safeName(name), text })) === true;
  },
  onFileDrop,
};
