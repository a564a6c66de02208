// Every language has the same keys and placeholders, every error has its text, and no component
// holds text of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { LOCALES } from '../../src/lib/i18n/locale';

const FOLDER = 'src/lib/i18n/messages';

type Text = string | Record<string, string>;
type Catalogue = Record<string, Text>;

const read = (name: string) =>
  JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as Catalogue;

const placeholders = (text: Text) => {
  const whole = typeof text === 'string' ? text : Object.values(text).join(' ');
  return [...new Set([...whole.matchAll(/\{(\w+)\}/g)].map((hit) => hit[1]))].sort();
};

/** `thread.de.json` is the area `thread` in `de`; `de.json` is the area of the app itself. */
const catalogues = readdirSync(FOLDER).map((file) => {
  const [language = '', area = ''] = file.split('.').slice(0, -1).reverse();
  return { file, language, area };
});
const nameOf = (area: string, language: string) => (area ? `${area}.${language}` : language);
/** Read by the program itself for what is no page (src-tauri/src/tray/words.rs): no page loads them. */
const OUTSIDE = ['tray'];
const areas = catalogues.filter(({ language }) => language === 'en').map(({ area }) => area);
const english = Object.assign({}, ...areas.map((area) => read(nameOf(area, 'en')))) as Catalogue;

describe.each(catalogues)('the catalogue $file', ({ language, area }) => {
  const source = read(nameOf(area, 'en'));
  const catalogue = read(nameOf(area, language));
  const entries = Object.entries(catalogue);

  it('has the keys of the English one in the same order', () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(source));
  });

  it('has the same placeholders', () => {
    for (const [key, text] of entries) {
      expect(placeholders(text), key).toEqual(placeholders(source[key] ?? ''));
    }
  });

  it('has every plural form of its language where English has plural forms', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, text] of entries) {
      expect(typeof text, key).toBe(typeof source[key]);
      if (typeof text !== 'string')
        expect(Object.keys(text).sort(), key).toEqual([...forms].sort());
    }
  });

  it('has no empty text', () => {
    for (const [key, text] of entries) {
      for (const form of typeof text === 'string' ? [text] : Object.values(text)) {
        expect(form.trim(), key).not.toBe('');
      }
    }
  });
});

describe.each(LOCALES)('the language %s', (locale) => {
  it('has a catalogue for every area', () => {
    const own = catalogues.filter(({ language }) => language === locale).map(({ area }) => area);
    expect(own.sort()).toEqual([...areas].sort());
  });

  it('gives a window the text of every key', async () => {
    const module = (await import(`../../src/lib/i18n/languages/${locale}.ts`)) as {
      default: Catalogue;
    };
    const shown = areas.filter((area) => !OUTSIDE.includes(area));
    const own = shown.map((area) => read(nameOf(area, locale)));
    expect(module.default).toEqual(Object.assign({}, ...own));
  });
});

describe('the catalogues', () => {
  it('are all in a language that can be chosen', () => {
    const languages = new Set(catalogues.map(({ language }) => language));
    expect([...languages].sort()).toEqual([...LOCALES].sort());
  });

  it('do not name a key twice', () => {
    const all = areas.flatMap((area) => Object.keys(read(nameOf(area, 'en'))));
    expect(new Set(all).size).toBe(all.length);
  });

  it('hold no text that nothing shows', () => {
    const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(svelte|ts)$/.test(file))
      .map((file) => readFileSync(`src/${file}`, 'utf8'))
      .join('\n');
    // A few words are said by the program itself (src-tauri/src/words.rs).
    const program = ['notify', 'web_process']
      .map((file) => readFileSync(`../src-tauri/src/${file}.rs`, 'utf8'))
      .join('\n');
    // `settings.${section}` can be any key that begins so.
    const begun = [...source.matchAll(/`([a-z][\w.]*)\$\{/g)].map((found) => found[1] ?? '');
    const shown = areas.filter((area) => !OUTSIDE.includes(area));
    const unused = shown
      .flatMap((area) => Object.keys(read(nameOf(area, 'en'))))
      .filter((key) => !program.includes(`"${key}"`))
      .filter((key) => !source.includes(`'${key}'`) && !begun.some((one) => key.startsWith(one)));
    expect(unused).toEqual([]);
  });

  it('have a title and a text for every error code', () => {
    const source = readFileSync('src/lib/api/generated/ErrorCode.ts', 'utf8');
    const codes = [...source.matchAll(/"([a-z_]+)"/g)].map((hit) => hit[1]);
    expect(codes.length).toBeGreaterThan(30);
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
