// The host in a browser: the token leaves the address bar, errors keep their code.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { browserHost } from '../../src/lib/host/browser';

const fetched = vi.fn<typeof fetch>();

const answer = (status: number, body: unknown) =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));

describe('the browser host', () => {
  beforeEach(() => {
    fetched.mockReset();
    vi.stubGlobal('fetch', fetched);
    history.replaceState(null, '', '/');
  });

  it('exchanges the one-time token and removes it from the address first', async () => {
    history.replaceState(null, '', '/#token=abc123');
    fetched.mockImplementation(() => {
      expect(location.hash).toBe('');
      return answer(200, {});
    });
    await browserHost.prepare();
    expect(fetched).toHaveBeenCalledWith(
      '/api/session',
      expect.objectContaining({ method: 'POST', body: '{"token":"abc123"}' }),
    );
  });

  it('asks for no session without a token', async () => {
    await browserHost.prepare();
    expect(fetched).not.toHaveBeenCalled();
  });

  it('keeps code, details and trace of a refusal', async () => {
    fetched.mockReturnValue(
      answer(413, { code: 'text_too_large', message: 'no', details: { limit: 5 }, trace_id: 't' }),
    );
    await expect(browserHost.rpc('chat_send', {})).rejects.toMatchObject({
      code: 'text_too_large',
      details: { limit: 5 },
      traceId: 't',
    });
  });

  it('calls a dead program unreachable, a bare 401 unauthorized, other nonsense internal', async () => {
    fetched.mockRejectedValueOnce(new TypeError('failed'));
    await expect(browserHost.rpc('x', {})).rejects.toMatchObject({ code: 'unreachable' });
    fetched.mockReturnValueOnce(Promise.resolve(new Response('', { status: 401 })));
    await expect(browserHost.rpc('x', {})).rejects.toMatchObject({ code: 'unauthorized' });
    fetched.mockReturnValueOnce(Promise.resolve(new Response('<html>', { status: 502 })));
    await expect(browserHost.rpc('x', {})).rejects.toMatchObject({ code: 'internal' });
  });

  it('asks a stream from a number, or from now on', async () => {
    fetched.mockReturnValue(new Promise(() => undefined));
    const sink = { onItems: vi.fn(), onAlive: vi.fn(), onClosed: vi.fn() };
    browserHost.subscribe('generation/a b', 7, sink);
    browserHost.subscribe('app', null, sink);
    expect(fetched.mock.calls.map(([url]) => url)).toEqual([
      '/api/stream/generation/a%20b?from=7',
      '/api/stream/app',
    ]);
    await Promise.resolve();
  });
});
