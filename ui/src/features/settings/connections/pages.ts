// The ledger of connections, page by page, while new lines come to its beginning.
import type { ConnectionPage } from '$lib/api';

/**
 * The latest page before the earlier ones that are known. Where more came meanwhile than a page holds,
 * lines between the two are missing: then only the latest page is known.
 */
export function withEarlier(latest: ConnectionPage, known: ConnectionPage | null): ConnectionPage {
  const last = latest.connections.at(-1);
  if (known === null || last === undefined) return latest;
  const place = known.connections.findIndex(({ id }) => id === last.id);
  if (place < 0) return latest;
  const earlier = known.connections.slice(place + 1);
  if (earlier.length === 0) return latest;
  return { connections: [...latest.connections, ...earlier], more: known.more };
}

/** What is known with the page that comes after it. */
export function withNext(known: ConnectionPage, next: ConnectionPage): ConnectionPage {
  const there = new Set(known.connections.map(({ id }) => id));
  const fresh = next.connections.filter(({ id }) => !there.has(id));
  return { connections: [...known.connections, ...fresh], more: next.more };
}
