// What is typed about a webhook until it is saved, and what is wrong with it. The program checks the
// same, and where an address may lie is known to it alone.
import type { Webhook, WebhookDraft, WebhookEvent } from '$lib/api';

/** Those that a webhook can be for, in the order in which they are offered. */
export const EVENTS = ['generation.finished', 'job.finished'] as const satisfies WebhookEvent[];

const MOST_CHARACTERS = 80;

type NameFault = 'Empty' | 'Long' | 'Taken';
type AddressFault = 'Empty' | 'Form' | 'Wrong' | 'WrongLocal';

/** An address that the program refused, as it was then. */
interface Refused {
  readonly url: string;
  readonly local: boolean;
}

export class WebhookForm {
  name = $state('');
  url = $state('');
  events = $state.raw<readonly WebhookEvent[]>(EVENTS);
  local = $state(false);
  paused = $state(false);
  /** A name that the program refused. */
  refusedName = $state<string | null>(null);
  refused = $state.raw<Refused | null>(null);

  /** `null` begins a new one. */
  constructor(
    webhook: Webhook | null,
    readonly taken: readonly string[],
  ) {
    if (webhook === null) return;
    this.name = webhook.name;
    this.url = webhook.url;
    this.events = webhook.events;
    this.local = webhook.local;
    this.paused = webhook.paused;
  }

  /** Whether it is told of that. */
  hears(event: WebhookEvent): boolean {
    return this.events.includes(event);
  }

  tell(event: WebhookEvent, wanted: boolean): void {
    this.events = EVENTS.filter((one) => (one === event ? wanted : this.hears(one)));
  }

  get draft(): WebhookDraft {
    const { events, local, paused } = this;
    return { name: this.name.trim(), url: this.url.trim(), events: [...events], local, paused };
  }

  get nameFault(): NameFault | null {
    const { name } = this.draft;
    if (name === '') return 'Empty';
    if (Array.from(name).length > MOST_CHARACTERS) return 'Long';
    return name === this.refusedName || this.taken.includes(name) ? 'Taken' : null;
  }

  get addressFault(): AddressFault | null {
    const { url, local } = this.draft;
    if (url === '') return 'Empty';
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return 'Form';
    const refused = this.refused?.url === url && this.refused.local === local;
    if (!refused) return null;
    return local ? 'WrongLocal' : 'Wrong';
  }

  /** What is sent can be read on its way through the Internet. */
  get readable(): boolean {
    return !this.local && /^http:\/\//i.test(this.url.trim());
  }

  get faulty(): boolean {
    return this.nameFault !== null || this.addressFault !== null || this.events.length === 0;
  }
}
