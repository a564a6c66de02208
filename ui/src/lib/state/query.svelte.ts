// Answers of queries, kept by command and request, refreshed by tags. A component asks with
// `query`; everyone who asks the same thing shares one entry and one request.
import { createSubscriber } from 'svelte/reactivity';
import { ApiError, rpc, type Command, type Request, type Response } from '$lib/api';
import { invalidates, provides } from '$lib/api/client';
import { toApiError } from '$lib/host';

/** How long to wait before a skeleton; what comes sooner needs none. */
const SLOW = 300;
/** Entries that nobody reads are forgotten after this long. */
const KEEP = 60_000;

class Entry<K extends Command> {
  data = $state.raw<Response<K>>();
  error = $state.raw<ApiError | null>(null);
  pending = $state(false);
  slow = $state(false);
  stale = true;
  readers = 0;
  #turn = 0;
  #forget: ReturnType<typeof setTimeout> | undefined;
  readonly observe: () => void;

  constructor(
    readonly key: string,
    readonly command: K,
    readonly request: Request<K>,
  ) {
    this.observe = createSubscriber(() => {
      this.readers += 1;
      clearTimeout(this.#forget);
      // Not in the midst of a template's evaluation.
      queueMicrotask(() => {
        if (this.stale && !this.pending) void this.load();
      });
      return () => {
        this.readers -= 1;
        if (this.readers === 0) this.#forget = setTimeout(() => entries.delete(this.key), KEEP);
      };
    });
  }

  async load(): Promise<void> {
    const turn = (this.#turn += 1);
    this.stale = false;
    this.pending = true;
    const timer = setTimeout(() => (this.slow = this.data === undefined), SLOW);
    try {
      const data = await rpc(this.command, this.request);
      if (turn !== this.#turn) return;
      this.data = data;
      this.error = null;
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.error = toApiError(cause, 'internal');
    } finally {
      clearTimeout(timer);
      if (turn === this.#turn) {
        this.pending = false;
        this.slow = false;
      }
    }
  }

  /** Puts an answer in place; one still on its way is ignored. */
  put(data: Response<K>): void {
    this.#turn += 1;
    this.data = data;
    this.error = null;
    this.pending = false;
    this.slow = false;
    this.stale = false;
  }
}

const entries = new Map<string, Entry<Command>>();

function entry<K extends Command>(command: K, request: Request<K>): Entry<K> {
  const key = `${command} ${JSON.stringify(request)}`;
  let found = entries.get(key);
  if (!found) {
    found = new Entry<Command>(key, command, request);
    entries.set(key, found);
  }
  return found as unknown as Entry<K>;
}

export interface Query<K extends Command> {
  readonly data: Response<K> | undefined;
  readonly error: ApiError | null;
  readonly pending: boolean;
  /** Nothing to show for more than 300 ms: time for a skeleton. */
  readonly slow: boolean;
  reload(): Promise<void>;
}

/**
 * Reads a query and keeps reading it while a template or effect looks at it. `request` may depend
 * on state; `null` asks nothing.
 */
export function query<K extends Command>(command: K, request: () => Request<K> | null): Query<K> {
  const found = $derived.by(() => {
    const wanted = request();
    return wanted === null ? null : entry(command, wanted);
  });
  const watched = () => {
    found?.observe();
    return found;
  };
  return {
    get data() {
      return watched()?.data;
    },
    get error() {
      return watched()?.error ?? null;
    },
    get pending() {
      return watched()?.pending ?? false;
    },
    get slow() {
      return watched()?.slow ?? false;
    },
    async reload() {
      await found?.load();
    },
  };
}

/** Runs an action and makes stale what the command table says it makes stale. */
export async function act<K extends Command>(
  command: K,
  request: Request<K>,
): Promise<Response<K>> {
  const answer = await rpc(command, request);
  invalidate(invalidates(command));
  return answer;
}

/** What is read now is loaded again at once, the rest when it is next read. */
export function invalidate(tags: readonly string[]): void {
  refresh((command) => provides(command).some((tag) => tags.includes(tag)));
  tell((own) => own.some((tag) => tags.includes(tag)));
}

/** After a lost stretch of the `app` stream everything may be stale. */
export function invalidateAll(): void {
  refresh(() => true);
  tell(() => true);
}

interface Watcher {
  readonly tags: readonly string[];
  readonly run: () => void;
}

const watchers = new Set<Watcher>();

/** For what is held outside this cache: runs when one of the tags becomes stale. */
export function onStale(tags: readonly string[], run: () => void): () => void {
  const watcher = { tags, run };
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
  };
}

function tell(hit: (tags: readonly string[]) => boolean): void {
  for (const { tags, run } of watchers) if (hit(tags)) run();
}

function refresh(hit: (command: Command) => boolean): void {
  for (const one of entries.values()) {
    if (!hit(one.command)) continue;
    if (one.readers > 0) void one.load();
    else one.stale = true;
  }
}

/** Puts an answer that came another way into the cache. */
export function putAnswer<K extends Command>(
  command: K,
  request: Request<K>,
  answer: Response<K>,
): void {
  entry(command, request).put(answer);
}

/** Forgets everything: another session, another database. */
export function forgetAll(): void {
  for (const one of entries.values()) one.data = undefined;
  invalidateAll();
}
