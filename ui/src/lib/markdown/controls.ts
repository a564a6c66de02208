// Characters that turn the direction of what follows, or that no one can see, are shown by their
// number instead of obeyed: they make code and addresses read as something they are not.
import type { Inline } from './nodes';

/* eslint-disable no-control-regex -- these are the characters that are looked for */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;
/**
 * In code also the marks of direction, spaces without width and tags, which words of some languages
 * need and code does not.
 */
const CODE_CONTROL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
/* eslint-enable no-control-regex */

/** Whether a piece of code holds a character that is shown by its number. */
export function hasControls(code: string): boolean {
  return code.search(CODE_CONTROL) >= 0;
}

/** The text as nodes: runs of ordinary characters, and controls by their number. */
export function textNodes(text: string): Inline[] {
  return split(text, CONTROL);
}

/** The same for code. */
export function codeNodes(code: string): Inline[] {
  return split(code, CODE_CONTROL);
}

function split(text: string, controls: RegExp): Inline[] {
  if (text.search(controls) < 0) return text === '' ? [] : [{ kind: 'text', text }];
  const nodes: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(controls)) {
    if (match.index > from) nodes.push({ kind: 'text', text: text.slice(from, match.index) });
    nodes.push({ kind: 'control', code: `U+${hex(match[0])}` });
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push({ kind: 'text', text: text.slice(from) });
  return nodes;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
