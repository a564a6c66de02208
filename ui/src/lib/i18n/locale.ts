// Which language to speak. A locale from outside is never trusted: `LANG=C` makes a web view
// report "C", and `Intl` throws on it.

export const LOCALES = ['en', 'de', 'fr', 'es', 'ar', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];
const RIGHT_TO_LEFT: readonly string[] = ['ar'];

/** A tag that `Intl` takes, or `null`. */
export function validTag(tag: string | null | undefined): string | null {
  if (!tag) return null;
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    return canonical !== undefined && Intl.NumberFormat.supportedLocalesOf(canonical).length > 0
      ? canonical
      : null;
  } catch {
    return null;
  }
}

/**
 * Whether a tag is the language of a catalogue in the script it is written in. `zh-TW` is written
 * in Traditional characters, so it is not the `zh` that is here.
 */
function isWritten(tag: string | null, locale: Locale): boolean {
  if (tag === null) return false;
  const [asked, own] = [new Intl.Locale(tag).maximize(), new Intl.Locale(locale).maximize()];
  return asked.language === own.language && asked.script === own.script;
}

/** The catalogue for the wish of the person, else for the system's languages, else English. */
export function chooseLocale(wish: string | null, system: readonly string[]): Locale {
  for (const tag of [wish, ...system]) {
    const valid = validTag(tag);
    const found = LOCALES.find((locale) => isWritten(valid, locale));
    if (found) return found;
  }
  return 'en';
}

/** Which way the language is written. */
export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(locale) ? 'rtl' : 'ltr';
}

/**
 * The tag that numbers and dates follow: the system's own form of the chosen language.
 *
 * Which digits Arabic has by itself differs from web view to web view and from region to region. Here
 * they are those of code, of keys and of what the models write, unless the system asks for others.
 */
export function formatTag(locale: Locale, system: readonly string[]): string {
  const own = system.map((tag) => validTag(tag)).find((tag) => isWritten(tag, locale));
  const tag = own ?? (locale === 'zh' ? 'zh-Hans' : locale);
  if (locale !== 'ar' || new Intl.Locale(tag).numberingSystem !== undefined) return tag;
  return new Intl.Locale(tag, { numberingSystem: 'latn' }).toString();
}

/** The tag for the page: language, script and region, without how numbers are written. */
export function pageTag(tag: string): string {
  return new Intl.Locale(tag).baseName;
}
