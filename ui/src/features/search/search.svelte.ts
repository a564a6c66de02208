// The search as it stands: what is asked, what was found, which hit is marked. It outlives its view,
// so that it is still there when the person comes back from a hit. Nothing of it is ever stored.
import { ApiError, rpc, type SearchHit } from '$lib/api';
import { toApiError } from '$lib/host';
import { t } from '$lib/i18n/index.svelte';
import { announce, navigation } from '$lib/state';
import { isFiltered, NO_FILTERS, requestOf, type Filters } from './filters';
import { groupHits, type HitGroup } from './groups';

/** How long the person must pause in typing. */
const PAUSE = 120;
/** How long to wait before a skeleton. */
const SLOW = 300;
const PAGE = 30;
const RECENT = 8;

export class Search {
  text = $state('');
  filters = $state.raw<Filters>(NO_FILTERS);
  hits = $state.raw<readonly SearchHit[]>([]);
  readonly groups: readonly HitGroup[] = $derived(groupHits(this.hits));
  /** The hits as they stand below each other. */
  readonly order: readonly SearchHit[] = $derived(
    this.groups.flatMap(({ titled, hits }) => (titled ? [titled, ...hits] : hits)),
  );
  more = $state(false);
  error = $state.raw<ApiError | null>(null);
  /** Nothing to show for more than 300 ms. */
  slow = $state(false);
  /** The words for which `hits` were found; `null` before the first answer. */
  asked = $state<string | null>(null);
  /** Which hit the arrow keys are at; -1 is none. */
  active = $state(-1);
  recent = $state.raw<readonly string[]>([]);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get filtered(): boolean {
    return isFiltered(this.filters);
  }

  /** Takes what is typed; the search follows when there is a pause. */
  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    if (text.trim() === '') this.clear();
    else this.#timer = setTimeout(() => void this.run(), PAUSE);
  }

  narrow(values: Partial<Filters>): void {
    this.filters = { ...this.filters, ...values };
    void this.run();
  }

  widen(): void {
    this.filters = NO_FILTERS;
    void this.run();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.text = '';
    this.hits = [];
    this.more = false;
    this.error = null;
    this.slow = false;
    this.asked = null;
    this.active = -1;
  }

  /** Asks anew; an answer that comes after a newer question is dropped. */
  async run(): Promise<void> {
    clearTimeout(this.#timer);
    const words = this.text.trim();
    if (words === '') return;
    await this.#ask(words, 0);
  }

  async next(): Promise<void> {
    if (this.more && this.asked !== null) await this.#ask(this.asked, this.hits.length);
  }

  /** Shows a hit in its conversation. */
  openAt(at: number): void {
    const hit = this.order[at];
    if (!hit) return;
    this.remember();
    this.active = at;
    navigation.open(hit.conversation, hit.message);
  }

  move(by: number): void {
    const last = this.order.length - 1;
    if (last < 0) return;
    this.active = Math.min(last, Math.max(0, this.active + by));
  }

  /** Keeps the words at hand while the page lives. */
  remember(): void {
    const words = this.text.trim();
    if (words === '') return;
    this.recent = [words, ...this.recent.filter((one) => one !== words)].slice(0, RECENT);
  }

  forget(): void {
    this.recent = [];
  }

  async #ask(words: string, offset: number): Promise<void> {
    const turn = (this.#turn += 1);
    const late = setTimeout(() => (this.slow = this.hits.length === 0), SLOW);
    try {
      const request = requestOf(words, this.filters, Date.now());
      const page = await rpc('search', { ...request, offset, limit: PAGE });
      if (turn !== this.#turn) return;
      const kept = this.order[this.active];
      this.hits = offset === 0 ? page.hits : [...this.hits, ...page.hits];
      this.more = page.more;
      this.error = null;
      this.asked = words;
      // Later hits may stand above it, beside earlier ones of their conversation.
      this.active = offset === 0 || !kept ? -1 : this.order.indexOf(kept);
      announce(this.summary());
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.error = toApiError(cause, 'internal');
    } finally {
      clearTimeout(late);
      if (turn === this.#turn) this.slow = false;
    }
  }

  /** How much was found, in words. */
  summary(): string {
    const count = this.hits.length;
    if (count === 0) return t('finding.searchNone', { query: this.asked ?? '' });
    return t(this.more ? 'finding.hitsMore' : 'finding.hits', { count });
  }
}

export const search = new Search();
