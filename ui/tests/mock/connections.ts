// The ledger of connections of the mock host: more than a page, with each way in which one can end.
import type { Connection, Rpc } from '../../src/lib/api';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const MINUTE = 60_000;
const PAGE = 100;

function connection(at: number, values: Partial<Connection>): Connection {
  return {
    id: `00000000-0000-4000-8000-${String(999_999_999_999 - at)}`,
    at: Date.now() - 4 * MINUTE - at * 47 * MINUTE,
    purpose: 'webhook',
    host: 'n8n.example.org',
    port: 443,
    address: '203.0.113.7',
    tls: true,
    sent: 1_204,
    received: 212,
    http_status: 204,
    error: null,
    ...values,
  };
}

const FIRST: readonly Partial<Connection>[] = [
  {},
  { host: 'printer.local', port: 5678, address: '192.168.1.7', tls: false, http_status: 200 },
  { http_status: 503, received: 88_412 },
  {
    host: 'hooks.example.com',
    address: '198.51.100.20',
    http_status: null,
    error: 'certificate',
    sent: 517,
    received: 3_911,
  },
  {
    host: 'a-name-that-is-quite-long.and-goes-on.example.org',
    address: null,
    http_status: null,
    error: 'name_not_found',
    sent: 0,
    received: 0,
  },
  {
    host: '[2001:db8::7]',
    address: '2001:db8::7',
    http_status: null,
    sent: 1_204,
    received: 0,
  },
];

export function connectionsFor(scene: string): Handlers {
  const all =
    scene === 'welcome' || scene === 'empty'
      ? []
      : Array.from({ length: 130 }, (_, at) => connection(at, FIRST[at] ?? { port: 443 }));
  return {
    connection_list: ({ before }) => {
      const from = before ? all.findIndex(({ id }) => id === before) + 1 : 0;
      return { connections: all.slice(from, from + PAGE), more: all.length > from + PAGE };
    },
    connection_export: ({ json }) => ({
      name: json ? 'hearth-connections.json' : 'hearth-connections.csv',
      text: 'at_ms,purpose\r\n',
      conversations: 0,
    }),
  };
}
