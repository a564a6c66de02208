// Colours code: text in, runs of text with a colour each out. highlight.js writes HTML by itself;
// here it is given an emitter of our own, so that no HTML is ever made.
import type { Emitter, HLJSApi } from 'highlight.js';
import { hasControls } from './controls';
import { languageOf, loadLanguage } from './languages';
import { MAX_HIGHLIGHT, MAX_HIGHLIGHT_LINE } from './limits';

/** The colours that exist; each is a class of the code block. */
export type Colour =
  'added' | 'comment' | 'keyword' | 'literal' | 'name' | 'removed' | 'string' | 'title' | 'type';

export interface Run {
  readonly text: string;
  readonly colour: Colour | null;
}

const COLOURS: Readonly<Record<string, Colour>> = {
  addition: 'added',
  attr: 'name',
  attribute: 'name',
  built_in: 'type',
  bullet: 'keyword',
  char: 'string',
  class: 'type',
  code: 'string',
  comment: 'comment',
  deletion: 'removed',
  doctag: 'comment',
  keyword: 'keyword',
  link: 'string',
  literal: 'literal',
  meta: 'comment',
  name: 'keyword',
  number: 'literal',
  property: 'name',
  quote: 'comment',
  regexp: 'string',
  section: 'title',
  'selector-attr': 'name',
  'selector-class': 'title',
  'selector-id': 'title',
  'selector-pseudo': 'keyword',
  'selector-tag': 'keyword',
  string: 'string',
  symbol: 'literal',
  'template-variable': 'name',
  title: 'title',
  type: 'type',
  'variable.language': 'keyword',
};

function colourOf(scope: string): Colour | null {
  for (let name = scope; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    if (Object.hasOwn(COLOURS, name)) return COLOURS[name] ?? null;
  }
  return null;
}

class RunEmitter implements Emitter {
  readonly runs: Run[] = [];
  readonly #scopes: (Colour | null)[] = [];

  addText(text: string): void {
    if (text === '') return;
    const colour = this.#scopes.at(-1) ?? null;
    const last = this.runs.at(-1);
    if (last?.colour === colour)
      this.runs[this.runs.length - 1] = { text: last.text + text, colour };
    else this.runs.push({ text, colour });
  }

  startScope(name: string): void {
    const inner = name === 'subst' || name.startsWith('language:') ? null : colourOf(name);
    const outer = name === 'subst' ? null : (this.#scopes.at(-1) ?? null);
    this.#scopes.push(inner ?? outer);
  }

  endScope(): void {
    this.#scopes.pop();
  }

  /** The library's other names for the same two. */
  openNode(name: string): void {
    this.startScope(name);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: Emitter): void {
    if (emitter instanceof RunEmitter) this.runs.push(...emitter.runs);
  }

  finalize(): void {
    this.#scopes.length = 0;
  }

  /** Part of the interface; nothing reads it. */
  toHTML(): string {
    return '';
  }
}

let core: Promise<HLJSApi> | null = null;

async function loadCore(): Promise<HLJSApi> {
  const { default: api } = await import('highlight.js/lib/core');
  api.configure({ __emitter: RunEmitter });
  return api;
}

/** Whether a text is one to colour: not too large, and without characters that deceive. */
export function colourable(code: string, language: string): boolean {
  if (languageOf(language) === null || code.length > MAX_HIGHLIGHT || hasControls(code))
    return false;
  return !code.split('\n').some((line) => line.length > MAX_HIGHLIGHT_LINE);
}

/** The runs of a text, or `null` where it cannot be coloured. Together they are the text. */
export async function highlight(code: string, name: string): Promise<readonly Run[] | null> {
  const language = languageOf(name);
  if (language === null || !colourable(code, name)) return null;
  core ??= loadCore();
  const api = await core;
  if (!api.getLanguage(language)) {
    const grammar = await loadLanguage(language);
    if (!grammar) return null;
    api.registerLanguage(language, grammar);
  }
  const { _emitter: emitter } = api.highlight(code, { language, ignoreIllegals: true });
  if (!(emitter instanceof RunEmitter)) return null;
  const whole = emitter.runs.map((run) => run.text).join('');
  return whole === code ? emitter.runs : null;
}
