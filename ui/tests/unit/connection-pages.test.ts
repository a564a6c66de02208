// Pages of the ledger of connections, put together while new lines come.
import { describe, expect, it } from 'vitest';
import { withEarlier, withNext } from '../../src/features/settings/connections/pages';
import type { Connection, ConnectionPage } from '../../src/lib/api';

describe('pages of the ledger', () => {
  const line = (id: string) => ({ id }) as Connection;
  const ids = ({ connections }: ConnectionPage) => connections.map(({ id }) => id).join('');
  const of = (all: string, more: boolean): ConnectionPage => ({
    connections: Array.from(all, line),
    more,
  });

  it('are put together without a line twice', () => {
    const known = withNext(of('fed', true), of('dcb', true));
    expect(ids(known)).toBe('fedcb');
    expect(withEarlier(of('gfe', true), withNext(known, of('a', false)))).toEqual(
      of('gfedcba', false),
    );
  });

  it('are not put together where lines between them are missing', () => {
    expect(withEarlier(of('zyx', true), of('cba', false))).toEqual(of('zyx', true));
  });
});
