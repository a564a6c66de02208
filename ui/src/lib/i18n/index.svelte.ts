// All text of the user interface. `t(key, params)` reads the catalogue of the current language and
// renders again when the language changes. Catalogues are data; this file holds no text.
import english from './languages/en';
import { chooseLocale, directionOf, formatTag, pageTag, type Locale } from './locale';

export { LOCALES, type Locale } from './locale';

export type MessageKey = keyof typeof english;
export type Params = Readonly<Record<string, string | number>>;
/** A text, or one for each plural form, chosen by the parameter `count`. */
type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
type Catalogue = Readonly<Record<string, Text>>;

/** English comes with the page; the others are fetched from the program when they are wanted. */
const languages: Readonly<Record<Locale, () => Promise<{ default: Catalogue }>>> = {
  en: () => Promise.resolve({ default: english }),
  de: () => import('./languages/de'),
  fr: () => import('./languages/fr'),
  es: () => import('./languages/es'),
  ar: () => import('./languages/ar'),
  zh: () => import('./languages/zh'),
};

const current = $state<{ locale: Locale; tag: string }>({ locale: 'en', tag: 'en' });
let catalogue = $state.raw<Catalogue>(english);
let wanted: Locale = 'en';

/**
 * Takes the wish of the settings; `null` follows the system. The language changes once its
 * catalogue is there; where it cannot be had, the present one stays.
 */
export async function setLanguage(wish: string | null): Promise<void> {
  const locale = chooseLocale(wish, navigator.languages);
  wanted = locale;
  const loaded = await languages[locale]().catch(() => null);
  if (loaded === null || wanted !== locale) return;
  catalogue = loaded.default;
  current.locale = locale;
  current.tag = formatTag(locale, navigator.languages);
  // With its region: Chinese characters are drawn otherwise in each.
  document.documentElement.lang = pageTag(current.tag);
  document.documentElement.dir = directionOf(locale);
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
  const text = catalogue[key] ?? english[key];
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
