// A subscription over a host that loses, doubles, delays and dies.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Follower, type StreamHandlers } from '../../src/lib/api/stream';
import { ApiError, type Host, type StreamSink } from '../../src/lib/host';

interface Opened {
  readonly from: number | null;
  readonly sink: StreamSink;
  closed: boolean;
}

function line() {
  const opened: Opened[] = [];
  const host = {
    silence: 5000,
    subscribe(_topic: string, from: number | null, sink: StreamSink) {
      const one: Opened = { from, sink, closed: false };
      opened.push(one);
      return () => {
        one.closed = true;
      };
    },
  } as unknown as Host;
  const item = (seq: number, event: unknown = seq) => ({ seq, event });
  return { host, opened, item };
}

function listen(host: Host, from: number | null, extra: StreamHandlers<unknown> | null = null) {
  const got: unknown[] = [];
  const follower = new Follower<unknown>(
    host,
    'app',
    from,
    { onEvents: (events) => got.push(...events), ...extra },
    (event) => event === 'last',
  );
  return { got, follower };
}

describe('a subscription', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives every event once and in order', () => {
    const { host, opened, item } = line();
    const { got } = listen(host, 0);
    opened[0]!.sink.onItems([item(0), item(1)]);
    opened[0]!.sink.onItems([item(1), item(2)]);
    expect(got).toEqual([0, 1, 2]);
  });

  it('asks again from the missing number when it sees a gap', () => {
    const { host, opened, item } = line();
    const { got } = listen(host, 0);
    opened[0]!.sink.onItems([item(0), item(2)]);
    vi.advanceTimersByTime(1000);
    expect(opened[0]!.closed).toBe(true);
    expect(opened[1]!.from).toBe(1);
    opened[1]!.sink.onItems([item(1), item(2), item(3)]);
    expect(got).toEqual([0, 1, 2, 3]);
  });

  it('says that events are lost when they cannot be had again, and goes on', () => {
    const { host, opened, item } = line();
    const onGap = vi.fn();
    const { got } = listen(host, 0, { onEvents: (events) => got.push(...events), onGap });
    opened[0]!.sink.onItems([item(7)]);
    vi.advanceTimersByTime(1000);
    opened[1]!.sink.onItems([item(8)]);
    expect(onGap).toHaveBeenCalledOnce();
    expect(got).toEqual([8]);
  });

  it('opens anew from the last number when it falls silent', () => {
    const { host, opened, item } = line();
    const onReopen = vi.fn();
    const { got } = listen(host, 0, { onEvents: (events) => got.push(...events), onReopen });
    opened[0]!.sink.onItems([item(0)]);
    vi.advanceTimersByTime(4000);
    opened[0]!.sink.onAlive();
    vi.advanceTimersByTime(4000);
    expect(opened).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    expect(opened).toHaveLength(2);
    expect(opened[1]!.from).toBe(1);
    opened[1]!.sink.onItems([item(1)]);
    expect(onReopen).toHaveBeenCalledOnce();
    expect(got).toEqual([0, 1]);
  });

  it('does not listen to a connection that it gave up', () => {
    const { host, opened, item } = line();
    const { got } = listen(host, 0);
    opened[0]!.sink.onClosed(null);
    vi.advanceTimersByTime(1000);
    opened[0]!.sink.onItems([item(0)]);
    expect(got).toEqual([]);
  });

  it('ends after the last event and after an error that stays', () => {
    const { host, opened, item } = line();
    const onEnd = vi.fn();
    const { got } = listen(host, 0, { onEvents: (events) => got.push(...events), onEnd });
    opened[0]!.sink.onItems([item(0, 'last')]);
    expect(onEnd).toHaveBeenCalledWith(null);
    expect(opened[0]!.closed).toBe(true);

    const gone = new ApiError('stream_not_found', 'over');
    listen(host, 0, { onEvents: () => undefined, onEnd });
    opened[1]!.sink.onClosed(gone);
    vi.advanceTimersByTime(60_000);
    expect(onEnd).toHaveBeenLastCalledWith(gone);
    expect(opened).toHaveLength(2);
  });

  it('starts from now on and takes the first number that comes', () => {
    const { host, opened, item } = line();
    const { got } = listen(host, null);
    expect(opened[0]!.from).toBeNull();
    opened[0]!.sink.onItems([item(41), item(42)]);
    opened[0]!.sink.onClosed(null);
    vi.advanceTimersByTime(1000);
    expect(opened[1]!.from).toBe(43);
    expect(got).toEqual([41, 42]);
  });

  it('takes a heartbeat for a sign of life, numbered or not', () => {
    const { host, opened, item } = line();
    const { got } = listen(host, 0);
    const beat = { type: 'heartbeat' };
    opened[0]!.sink.onItems([item(0), item(1, beat), item(2)]);
    opened[0]!.sink.onItems([item(3, beat), item(3)]);
    expect(got).toEqual([0, 2, 3]);
  });
});
