import { describe, expect, it } from 'vitest';
import { SseReader } from '../../src/lib/host/sse';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('server-sent events', () => {
  it('give the same events whole and byte by byte, also inside a letter', () => {
    const text = ': hello\n\nid: 4\ndata: {"text":"Grüße"}\n\n: beat\n\nid: 5\r\ndata: 1\r\n\r\n';
    const whole = new SseReader().push(bytes(text));
    const reader = new SseReader();
    const pieces = [...bytes(text)].flatMap((byte) => reader.push(Uint8Array.of(byte)));
    expect(whole).toEqual([
      { seq: 4, event: { text: 'Grüße' } },
      { seq: 5, event: 1 },
    ]);
    expect(pieces).toEqual(whole);
  });

  it('ignore what has no number', () => {
    expect(new SseReader().push(bytes('data: 1\n\n'))).toEqual([]);
  });
});
