// Whether the letters of what is typed stand in a text in their order, and how well. Small and plain
// on purpose: it runs over a few hundred titles at each key press.

/** Without accents and in lower case, letter by letter, so that places stay what they are. */
function fold(text: string): string[] {
  return Array.from(text, (letter) => letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase());
}

const SPLIT = /[\s\p{P}\p{S}]/u;

/**
 * Higher is better; `null` where the text does not match. Each word of the question is looked for
 * by itself: as it stands at the beginning of a word, within one, or else letter by letter.
 */
export function score(question: string, text: string): number | null {
  const letters = fold(text);
  const whole = letters.join('');
  let sum = 0;
  for (const word of fold(question).join('').split(/\s+/)) {
    if (word === '') continue;
    const found = scoreWord(word, whole) ?? scoreLetters(Array.from(word), letters);
    if (found === null) return null;
    sum += found;
  }
  // Of equal ones the shorter text is the nearer one.
  return sum - letters.length / 1000;
}

function scoreWord(word: string, text: string): number | null {
  let best: number | null = null;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0) return 100;
    const starts = SPLIT.test(text.charAt(at - 1));
    best = Math.max(best ?? 0, starts ? 80 : 50);
  }
  return best;
}

/** Letters in a row and at the beginnings of words count; where most do neither it is chance. */
function scoreLetters(word: readonly string[], text: readonly string[]): number | null {
  if (word.length < 3) return null;
  let [sum, before, first] = [0, -2, -1];
  for (const letter of word) {
    const at = text.indexOf(letter, Math.max(0, before + 1));
    if (at < 0) return null;
    if (first < 0) first = at;
    if (at === before + 1) sum += 3;
    else if (at === 0 || SPLIT.test(text[at - 1] ?? '')) sum += 4;
    before = at;
  }
  const spread = before - first > word.length * 4 + 8;
  return spread || sum < word.length * 2 ? null : Math.min(40, (sum / word.length) * 10);
}
