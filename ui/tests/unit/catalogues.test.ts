// Every language has the same keys and placeholders, every error has its text, and no component
// holds text of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const FOLDER = 'src/lib/i18n/messages';

type Text = string | Record<string, string>;
type Catalogue = Record<string, Text>;

const read = (name: string) =>
  JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as Catalogue;

const placeholders = (text: Text) => {
  const whole = typeof text === 'string' ? text : Object.values(text).join(' ');
  return [...new Set([...whole.matchAll(/\{(\w+)\}/g)].map((hit) => hit[1]))].sort();
};

describe.each([
  ['en', 'de'],
  ['thread.en', 'thread.de'],
])('the catalogues %s and %s', (one, other) => {
  const [left, right] = [read(one), read(other)];

  it('have the same keys in the same order', () => {
    expect(Object.keys(right)).toEqual(Object.keys(left));
  });

  it('have the same placeholders', () => {
    for (const [key, text] of Object.entries(left)) {
      expect(placeholders(right[key] ?? ''), key).toEqual(placeholders(text));
    }
  });

  it('have no empty text, and every plural form of their language', () => {
    for (const [name, catalogue] of [
      [one, left],
      [other, right],
    ] as const) {
      const forms = new Intl.PluralRules(name.split('.').at(-1)).resolvedOptions().pluralCategories;
      for (const [key, text] of Object.entries(catalogue)) {
        if (typeof text === 'string') expect(text.trim(), key).not.toBe('');
        else expect(Object.keys(text).sort(), key).toEqual([...forms].sort());
      }
    }
  });
});

describe('the catalogues', () => {
  it('do not name a key twice', () => {
    const all = [...Object.keys(read('en')), ...Object.keys(read('thread.en'))];
    expect(new Set(all).size).toBe(all.length);
  });

  it('have a title and a text for every error code', () => {
    const source = readFileSync('src/lib/api/generated/ErrorCode.ts', 'utf8');
    const codes = [...source.matchAll(/"([a-z_]+)"/g)].map((hit) => hit[1]);
    expect(codes.length).toBeGreaterThan(30);
    const english = read('en');
    for (const code of codes) {
      expect(english, code).toHaveProperty([`error.${String(code)}.title`]);
      expect(english, code).toHaveProperty([`error.${String(code)}.body`]);
    }
  });
});

describe('components', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.svelte'))
    .map((file) => `src/${file}`);

  it.each(files)('hold no text of their own: %s', (file) => {
    const tree = parse(readFileSync(file, 'utf8'), { modern: true });
    expect(literals(tree.fragment)).toEqual([]);
  });
});

/** The words that stand in a template outside `kbd`, which names keys. */
function literals(fragment: AST.Fragment): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, name, data } = node as { type?: string; name?: string; data?: string };
    if (type === 'RegularElement' && name === 'kbd') return;
    if (type === 'Attribute' || type === 'Comment') return;
    if (type === 'Text' && /\p{L}{2,}/u.test(data ?? '')) found.push((data ?? '').trim());
    Object.values(node).forEach(visit);
  };
  visit(fragment.nodes);
  return found;
}
