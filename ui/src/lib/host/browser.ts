// The host in a browser tab: `fetch` to the port that served this page, a cookie as the session.
import { copyRich, copyText } from './clipboard';
import { download } from './download';
import { SseReader } from './sse';
import { ApiError, type FileDrop, type Host, type StreamSink } from './types';
import { toApiError } from './wire';

async function post(path: string, body: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw toApiError(cause, 'unreachable');
  }
  const decoded: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response, decoded);
  return decoded;
}

function refusal(response: Response, decoded: unknown): ApiError {
  return toApiError(decoded, response.status === 401 ? 'unauthorized' : 'internal');
}

/** Exchanges `#token=…` for the cookie. The token leaves the address bar before anything else runs. */
async function exchangeToken(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', location.pathname + location.search);
  await post('/api/session', { token });
}

async function read(url: string, sink: StreamSink, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream' },
    credentials: 'same-origin',
    cache: 'no-store',
    signal,
  });
  if (!response.ok || !response.body) {
    throw refusal(response, await response.json().catch(() => null));
  }
  sink.onAlive();
  const reader = response.body.getReader();
  const events = new SseReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    sink.onAlive();
    const items = events.push(value);
    if (items.length > 0) sink.onItems(items);
  }
}

function subscribe(topic: string, from: number | null, sink: StreamSink): () => void {
  const abort = new AbortController();
  const path = topic.split('/').map(encodeURIComponent).join('/');
  read(
    `/api/stream/${path}${from === null ? '' : `?from=${String(from)}`}`,
    sink,
    abort.signal,
  ).then(
    () => {
      if (!abort.signal.aborted) sink.onClosed(null);
    },
    (cause: unknown) => {
      if (!abort.signal.aborted) sink.onClosed(toApiError(cause, 'unreachable'));
    },
  );
  return () => {
    abort.abort();
  };
}

function onFileDrop(handler: (drop: FileDrop) => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const listen = (type: 'dragover' | 'dragleave' | 'drop', phase: FileDrop['phase']) => {
    window.addEventListener(
      type,
      (event) => {
        if (!carriesFiles(event)) return;
        if (phase === 'leave' && event.relatedTarget !== null) return;
        event.preventDefault();
        const files = [...(event.dataTransfer?.files ?? [])];
        handler({ phase, paths: [], names: files.map((file) => file.name), files });
      },
      { signal },
    );
  };
  listen('dragover', 'over');
  listen('dragleave', 'leave');
  listen('drop', 'drop');
  return () => {
    abort.abort();
  };
}

export const browserHost: Host = {
  kind: 'browser',
  // The port sends a sign of life every 15 s.
  silence: 25_000,
  diagramPage: '/artifact/diagram.html',
  prepare: exchangeToken,
  rpc: (command, request) => post(`/api/rpc/${encodeURIComponent(command)}`, request),
  subscribe,
  openLink(url) {
    window.open(url, '_blank', 'noopener,noreferrer');
    return Promise.resolve();
  },
  copyText,
  copyRich: (html, text) => copyRich(html, text, copyText),
  saveText: download,
  onFileDrop,
};
