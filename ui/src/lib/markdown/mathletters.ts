// Letters of the alphabets of mathematics. The core of MathML has no attribute for them; Unicode
// has characters.

interface Alphabet {
  readonly upper?: number;
  readonly lower?: number;
  readonly digits?: number;
  /** Letters that have a place of their own, because they are older than the rest. */
  readonly own?: Readonly<Record<string, string>>;
}

const ALPHABETS: Readonly<Record<string, Alphabet>> = {
  bold: { upper: 0x1d400, lower: 0x1d41a, digits: 0x1d7ce },
  italic: { upper: 0x1d434, lower: 0x1d44e, own: { h: 'ℎ' } },
  'bold-italic': { upper: 0x1d468, lower: 0x1d482 },
  script: {
    upper: 0x1d49c,
    lower: 0x1d4b6,
    own: {
      B: 'ℬ',
      E: 'ℰ',
      F: 'ℱ',
      H: 'ℋ',
      I: 'ℐ',
      L: 'ℒ',
      M: 'ℳ',
      R: 'ℛ',
      e: 'ℯ',
      g: 'ℊ',
      o: 'ℴ',
    },
  },
  'bold-script': { upper: 0x1d4d0, lower: 0x1d4ea },
  fraktur: {
    upper: 0x1d504,
    lower: 0x1d51e,
    own: { C: 'ℭ', H: 'ℌ', I: 'ℑ', R: 'ℜ', Z: 'ℨ' },
  },
  'bold-fraktur': { upper: 0x1d56c, lower: 0x1d586 },
  'double-struck': {
    upper: 0x1d538,
    lower: 0x1d552,
    digits: 0x1d7d8,
    own: { C: 'ℂ', H: 'ℍ', N: 'ℕ', P: 'ℙ', Q: 'ℚ', R: 'ℝ', Z: 'ℤ' },
  },
  'sans-serif': { upper: 0x1d5a0, lower: 0x1d5ba, digits: 0x1d7e2 },
  'bold-sans-serif': { upper: 0x1d5d4, lower: 0x1d5ee, digits: 0x1d7ec },
  'sans-serif-italic': { upper: 0x1d608, lower: 0x1d622 },
  'sans-serif-bold-italic': { upper: 0x1d63c, lower: 0x1d656 },
  monospace: { upper: 0x1d670, lower: 0x1d68a, digits: 0x1d7f6 },
};

/** The text in an alphabet; as it is where there is no such alphabet or letter. */
export function styledLetters(text: string, variant: string): string {
  const alphabet = Object.hasOwn(ALPHABETS, variant) ? ALPHABETS[variant] : undefined;
  return alphabet ? text.replace(/[A-Za-z0-9]/g, (letter) => styled(letter, alphabet)) : text;
}

function styled(letter: string, { upper, lower, digits, own }: Alphabet): string {
  if (own && Object.hasOwn(own, letter)) return own[letter] ?? letter;
  const [base, first] = /[A-Z]/.test(letter)
    ? [upper, 'A']
    : /[a-z]/.test(letter)
      ? [lower, 'a']
      : [digits, '0'];
  if (base === undefined) return letter;
  return String.fromCodePoint(base + letter.charCodeAt(0) - first.charCodeAt(0));
}
