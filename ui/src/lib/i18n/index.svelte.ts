// All text of the user interface. `t(key, params)` reads the catalogue of the current language and
// renders again when the language changes. Catalogues are data; this file holds no text.
import { chooseLocale, formatTag, type Locale } from './locale';
import de from './messages/de.json';
import en from './messages/en.json';
import threadDe from './messages/thread.de.json';
import threadEn from './messages/thread.en.json';

export { LOCALES, type Locale } from './locale';

const english = { ...en, ...threadEn };
export type MessageKey = keyof typeof english;
export type Params = Readonly<Record<string, string | number>>;
/** A text, or one for each plural form, chosen by the parameter `count`. */
type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
type Catalogue = Readonly<Record<string, Text>>;

const catalogues: Readonly<Record<Locale, Catalogue>> = { en: english, de: { ...de, ...threadDe } };

const current = $state<{ locale: Locale; tag: string }>({ locale: 'en', tag: 'en' });

/** Takes the wish of the settings; `null` follows the system. */
export function setLanguage(wish: string | null): void {
  current.locale = chooseLocale(wish, navigator.languages);
  current.tag = formatTag(current.locale, navigator.languages);
  document.documentElement.lang = current.locale;
}

/** The language that is shown. */
export function locale(): Locale {
  return current.locale;
}

/** The tag for `Intl`. */
export function tag(): string {
  return current.tag;
}

/** The text of a key, with `{name}` replaced from `params`. */
export function t(key: MessageKey, params: Params = {}): string {
  const text = catalogues[current.locale][key] ?? key;
  return fill(typeof text === 'string' ? text : plural(text, params), params);
}

function plural(forms: Exclude<Text, string>, params: Params): string {
  const rule = new Intl.PluralRules(current.locale).select(Number(params.count ?? 0));
  return forms[rule] ?? forms.other ?? '';
}

function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return typeof value === 'number'
      ? new Intl.NumberFormat(current.tag).format(value)
      : (value ?? whole);
  });
}
