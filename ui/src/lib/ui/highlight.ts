// Finding words in short texts of the page, and where they stand in them. Case and accents do not
// count. Not for conversations: the program searches those.

/** One letter for one letter, so that places in the folded text are places in the text. */
function fold(text: string): string {
  return Array.from(text)
    .map((sign) => {
      const plain = sign.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
      return plain.length === sign.length ? plain : sign;
    })
    .join('');
}

/** The words of a search. */
export function wordsOf(search: string): readonly string[] {
  return fold(search).split(/\s+/).filter(Boolean);
}

/** Whether the texts together have every word. */
export function matches(texts: readonly (string | undefined)[], words: readonly string[]): boolean {
  const all = fold(texts.filter(Boolean).join('\n'));
  return words.every((word) => all.includes(word));
}

export interface Part {
  readonly text: string;
  readonly hit: boolean;
}

/** The text in parts, those that are one of the words marked. */
export function parts(text: string, words: readonly string[]): readonly Part[] {
  const folded = fold(text);
  const found: Part[] = [];
  let rest = 0;
  for (let at = 0; at < text.length;) {
    const word = words.find((one) => folded.startsWith(one, at));
    if (word === undefined) {
      at += 1;
      continue;
    }
    if (at > rest) found.push({ text: text.slice(rest, at), hit: false });
    found.push({ text: text.slice(at, at + word.length), hit: true });
    at += word.length;
    rest = at;
  }
  if (rest < text.length) found.push({ text: text.slice(rest), hit: false });
  return found;
}
