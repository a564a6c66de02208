// Resolves the character references of Markdown text. What comes out is only ever put into text
// nodes, so a reference can never become markup. Names outside this table stay as written.

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  asymp: '≈',
  bull: '•',
  cent: '¢',
  check: '✓',
  colon: ':',
  copy: '©',
  darr: '↓',
  deg: '°',
  divide: '÷',
  eacute: 'é',
  emsp: '\u2003',
  ensp: '\u2002',
  equiv: '≡',
  euro: '€',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  ge: '≥',
  gt: '>',
  harr: '↔',
  hellip: '…',
  infin: '∞',
  larr: '←',
  laquo: '«',
  ldquo: '“',
  le: '≤',
  lsquo: '‘',
  lt: '<',
  mdash: '—',
  micro: 'µ',
  middot: '·',
  minus: '−',
  nbsp: '\u00a0',
  ndash: '–',
  ne: '≠',
  NewLine: '\n',
  para: '¶',
  permil: '‰',
  plusmn: '±',
  pound: '£',
  quot: '"',
  raquo: '»',
  rarr: '→',
  rArr: '⇒',
  rdquo: '”',
  reg: '®',
  rsquo: '’',
  sect: '§',
  shy: '\u00ad',
  sum: '∑',
  sup2: '²',
  sup3: '³',
  Tab: '\t',
  thinsp: '\u2009',
  times: '×',
  trade: '™',
  uarr: '↑',
  yen: '¥',
  zwj: '\u200d',
  zwnj: '\u200c',
};

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));/g;

/** The text with its character references resolved. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (whole, dec?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? whole) : whole;
    return fromCode(dec !== undefined ? parseInt(dec, 10) : parseInt(hex ?? '', 16));
  });
}

function fromCode(code: number): string {
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code === 0 || surrogate || code > 0x10ffff || Number.isNaN(code)) return '\ufffd';
  return String.fromCodePoint(code);
}
