// Cuts a long text where a cut is not seen, or hardly. Pure.

/** Characters of one piece. */
const PIECE = 16 * 1024;

/** The text in pieces; all of them together are the text but for line ends between pieces. */
export function piecesOf(text: string): readonly string[] {
  if (text.length <= PIECE) return [text];
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const end = pieceEnd(text, from);
    pieces.push(text.slice(from, text[end - 1] === '\n' && end < text.length ? end - 1 : end));
    from = end;
  }
  return pieces;
}

/** After a line's end where there is one, and never inside a pair of surrogates. */
function pieceEnd(text: string, from: number): number {
  const most = from + PIECE;
  if (most >= text.length) return text.length;
  const line = text.lastIndexOf('\n', most - 1);
  if (line > from + PIECE / 2) return line + 1;
  const before = text.charCodeAt(most - 1);
  return before >= 0xd800 && before <= 0xdbff ? most - 1 : most;
}
