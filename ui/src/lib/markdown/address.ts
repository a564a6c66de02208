// Decides which addresses of a text may be offered at all, and describes them for the question
// that is asked before one is opened. Everything else in a text is not an address.

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
/** Longer addresses are refused: no page needs them, and they can carry a conversation away. */
const MAX_ADDRESS = 8 * 1024;

/** What the person sees before opening an address. */
export interface Address {
  /** The whole address as it would be opened: ASCII, other letters as punycode or escapes. */
  readonly href: string;
  /** The computer it names; empty for mail. */
  readonly host: string;
  readonly before: string;
  readonly after: string;
  readonly mail: boolean;
  readonly insecure: boolean;
  /** The name of the computer holds letters outside ASCII, which can look like others. */
  readonly foreignLetters: boolean;
  /** Something stands before an @ and can pass for the name of the computer. */
  readonly hasUser: boolean;
  readonly length: number;
  /** Long enough to carry away text of a conversation. */
  readonly long: boolean;
}

/** The address, if it is one that may be offered. */
export function safeHref(text: string): string | null {
  if (text.length > MAX_ADDRESS) return null;
  const url = parse(text.trim());
  if (!url || !SCHEMES.has(url.protocol)) return null;
  if (url.protocol !== 'mailto:' && url.hostname === '') return null;
  return url.href.length > MAX_ADDRESS ? null : url.href;
}

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** The computer that an address names, for a label; `null` where there is none. */
export function hostOf(text: string): string | null {
  const href = safeHref(text);
  const host = href === null ? '' : new URL(href).host;
  return host === '' ? null : host;
}

/** Describes an address that {@link safeHref} let through. */
export function describeAddress(href: string): Address {
  const url = new URL(href);
  const mail = url.protocol === 'mailto:';
  const at = mail || url.host === '' ? 0 : href.indexOf(url.host, authorityStart(href));
  return {
    href,
    host: mail ? '' : url.host,
    before: mail ? '' : href.slice(0, at),
    after: mail ? href : href.slice(at + url.host.length),
    mail,
    insecure: url.protocol === 'http:',
    foreignLetters: url.hostname.split('.').some((label) => label.startsWith('xn--')),
    hasUser: url.username !== '' || url.password !== '',
    length: href.length,
    long: href.length > 200,
  };
}

/** Where the host can begin: after the `@` of the authority, if it has one. */
function authorityStart(href: string): number {
  const start = href.indexOf('//') + 2;
  const rest = href.slice(start);
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  return start + authority.lastIndexOf('@') + 1;
}
