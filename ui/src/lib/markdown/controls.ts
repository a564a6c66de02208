// Characters that turn the direction of what follows, or that no one can see, are shown by their
// number instead of obeyed: they make code and addresses read as something they are not.
import type { Inline } from './nodes';

/* eslint-disable-next-line no-control-regex -- these are the characters that are looked for */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;

/** Whether a text holds a character that is shown by its number. */
export function hasControls(text: string): boolean {
  return text.search(CONTROL) >= 0;
}

/** The text as nodes: runs of ordinary characters, and controls by their number. */
export function textNodes(text: string): Inline[] {
  if (!hasControls(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const nodes: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(CONTROL)) {
    if (match.index > from) nodes.push({ kind: 'text', text: text.slice(from, match.index) });
    nodes.push({ kind: 'control', code: `U+${hex(match[0])}` });
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push({ kind: 'text', text: text.slice(from) });
  return nodes;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
