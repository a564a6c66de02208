// The one way from a text to an address: it asks. The dialog shows the whole address first.
import { describeAddress, safeHref, type Address } from './address';

class LinkGate {
  /** The address that is asked about now. */
  asked = $state.raw<Address | null>(null);

  /** Asks. An address that may not be offered is not even asked about. */
  ask(href: string): void {
    const safe = safeHref(href);
    if (safe !== null) this.asked = describeAddress(safe);
  }

  close(): void {
    this.asked = null;
  }
}

export const linkGate = new LinkGate();
