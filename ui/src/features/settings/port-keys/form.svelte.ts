// What is typed about a key until it is saved, and what is wrong with it. The program checks the same.
import type { FolderId, PortKey, PortProfile, PortRights, PortScope } from '$lib/api';
import { dayOf, endOf, type Term } from './ends';

/** In the order in which they are offered. */
export const SCOPES = [
  'chat',
  'embeddings',
  'documents',
  'conversations',
  'models',
  'metrics',
  'admin',
] as const satisfies readonly PortScope[];

export const LIMITS = ['requests_per_minute', 'tokens_per_minute', 'tokens_per_day'] as const;
export type LimitName = (typeof LIMITS)[number];

/** The model that makes embeddings. It is in no list of models, yet a key can be kept from it. */
export const EMBEDDER = { id: 'all-minilm-l6-v2', name: 'all-MiniLM-L6-v2' } as const;

const MOST_CHARACTERS = 80;

export type NameFault = 'Empty' | 'Long' | 'Taken';

/** What a program written for other servers expects. */
const USUAL: PortRights = {
  scopes: ['chat', 'embeddings'],
  models: null,
  collections: null,
  folder: null,
  requests_per_minute: null,
  tokens_per_minute: null,
  tokens_per_day: null,
  expires: null,
  profile: null,
};

export class KeyForm {
  name = $state('');
  scopes = $state.raw<readonly PortScope[]>([]);
  /** Those it is kept to; `null` is all of them. */
  models = $state.raw<readonly string[] | null>(null);
  collections = $state.raw<readonly string[] | null>(null);
  folder = $state<FolderId | null>(null);
  limits = $state.raw<Readonly<Record<LimitName, number | null | 'wrong'>>>(USUAL);
  term = $state<Term>('never');
  day = $state('');
  profile = $state<PortProfile | null>(null);
  /** A name that the program refused. */
  refused = $state<string | null>(null);
  readonly #before: PortRights;

  /** `null` begins a new one. */
  constructor(
    key: PortKey | null,
    readonly taken: readonly string[],
  ) {
    const rights = key?.rights ?? USUAL;
    this.#before = rights;
    this.name = key?.name ?? '';
    this.scopes = rights.scopes;
    this.models = rights.models;
    this.collections = rights.collections;
    this.folder = rights.folder;
    this.limits = rights;
    this.profile = rights.profile;
    if (rights.expires === null) return;
    this.term = 'date';
    this.day = dayOf(rights.expires);
  }

  opens(scope: PortScope): boolean {
    return this.scopes.includes(scope);
  }

  /** Opens or closes something. Who may change everything is held back by none of it. */
  open(scope: PortScope, wanted: boolean): void {
    this.scopes = SCOPES.filter((one) => (one === scope ? wanted : this.opens(one)));
    if (this.opens('admin')) this.models = this.collections = this.folder = null;
  }

  get cleanName(): string {
    return this.name.trim();
  }

  get nameFault(): NameFault | null {
    const name = this.cleanName;
    if (name === '') return 'Empty';
    if (Array.from(name).length > MOST_CHARACTERS) return 'Long';
    return name === this.refused || this.taken.includes(name) ? 'Taken' : null;
  }

  /** Whether it asks for answers, which no model of embeddings gives. */
  get asks(): boolean {
    return this.opens('chat') || this.opens('documents');
  }

  /** Whether it can be held to a folder. */
  get takesFolder(): boolean {
    return this.opens('conversations') && !this.opens('admin');
  }

  get noModel(): boolean {
    const reached = this.#models?.filter((id) => !this.asks || id !== EMBEDDER.id);
    return reached?.length === 0;
  }

  get noCollection(): boolean {
    return this.#collections?.length === 0;
  }

  /** When it ends. A day that was not touched stays what it was, even where it is over. */
  end(now: number): number | null | 'wrong' {
    const { expires } = this.#before;
    if (this.term === 'date' && expires !== null && this.day === dayOf(expires)) return expires;
    return endOf(this.term, this.day, now);
  }

  /** Whether something is wrong among what is not always in sight. */
  hiddenFault(now: number): boolean {
    const wrong = LIMITS.some((name) => this.limits[name] === 'wrong');
    return wrong || this.noModel || this.noCollection || this.end(now) === 'wrong';
  }

  faulty(now: number): boolean {
    return this.nameFault !== null || this.scopes.length === 0 || this.hiddenFault(now);
  }

  /** Whether something differs from the usual among what is not always in sight. */
  get hasMore(): boolean {
    const { models, collections, folder, expires, profile } = this.#before;
    const limits = LIMITS.map((name) => this.#before[name]);
    return [models, collections, folder, expires, profile, ...limits].some(
      (value) => value !== null,
    );
  }

  /** What it may do. Only where nothing is wrong. */
  rights(now: number): PortRights {
    const number = (value: number | null | 'wrong') => (value === 'wrong' ? null : value);
    return {
      scopes: [...this.scopes],
      models: this.#models && [...this.#models],
      collections: this.#collections && [...this.#collections],
      folder: this.opens('conversations') ? this.folder : null,
      requests_per_minute: number(this.limits.requests_per_minute),
      tokens_per_minute: number(this.limits.tokens_per_minute),
      tokens_per_day: number(this.limits.tokens_per_day),
      expires: number(this.end(now)),
      profile: this.profile,
    };
  }

  get #models(): readonly string[] | null {
    const embeds = this.opens('embeddings');
    return this.models?.filter((id) => embeds || id !== EMBEDDER.id) ?? null;
  }

  get #collections(): readonly string[] | null {
    return this.opens('documents') ? this.collections : null;
  }
}
