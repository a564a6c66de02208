// A made-up page as the reader paints it: black letters on white paper, and where each word stands.
import type { PagePicture, PageWord } from '../../src/lib/api';

/** A4. */
const HIGH_BY_WIDE = 842 / 595;
const MARGIN = 0.12;

/** A page of this width in pixels with a text whose first letter is the document's number `start`. */
export function pagePicture(text: string, start: number, width: number): PagePicture {
  const height = Math.round(width * HIGH_BY_WIDE);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const paint = canvas.getContext('2d');
  if (!paint) throw new Error('no canvas');
  paint.fillStyle = '#fff';
  paint.fillRect(0, 0, width, height);
  paint.fillStyle = '#111';
  const size = width / 44;
  paint.font = `${String(size)}px serif`;
  const words: PageWord[] = [];
  let [left, below] = [MARGIN * width, MARGIN * width];
  let at = start;
  for (const piece of text.split(/(\s+)/)) {
    const wide = paint.measureText(piece).width;
    if (piece.includes('\n') || left + wide > width * (1 - MARGIN)) {
      left = MARGIN * width;
      below += size * (piece.includes('\n\n') ? 2.4 : 1.5);
    }
    if (piece.trim() !== '') {
      paint.fillText(piece, left, below);
      words.push({
        start: at,
        end: at + piece.length,
        left: left / width,
        top: (below - size) / height,
        width: wide / width,
        height: (size * 1.25) / height,
      });
    }
    if (!piece.includes('\n')) left += wide;
    at += piece.length;
  }
  const png = canvas.toDataURL('image/png').split(',')[1] ?? '';
  return { png, width, height, words };
}
