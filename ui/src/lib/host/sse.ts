// Reads a stream of server-sent events from bytes. `EventSource` is not used because it hides
// the comments that tell a living connection from a dead one, and the status of a refusal.
import type { StreamItem } from './types';

export class SseReader {
  #decoder = new TextDecoder();
  #rest = '';
  #id: number | null = null;
  #lines: string[] = [];

  /** Takes bytes, gives the events that are whole now. */
  push(bytes: Uint8Array): StreamItem[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const items: StreamItem[] = [];
    let start = 0;
    for (;;) {
      const end = this.#rest.indexOf('\n', start);
      if (end < 0) break;
      const line = this.#rest.slice(start, end).replace(/\r$/, '');
      start = end + 1;
      const item = this.#line(line);
      if (item) items.push(item);
    }
    this.#rest = this.#rest.slice(start);
    return items;
  }

  #line(line: string): StreamItem | null {
    if (line === '') return this.#flush();
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#lines.push(value);
    if (field === 'id' && /^\d+$/.test(value)) this.#id = Number(value);
    return null;
  }

  #flush(): StreamItem | null {
    const text = this.#lines.join('\n');
    const seq = this.#id;
    this.#lines = [];
    this.#id = null;
    if (text === '' || seq === null) return null;
    return { seq, event: JSON.parse(text) as unknown };
  }
}
