// Which language to speak. A locale from outside is never trusted: `LANG=C` makes a web view
// report "C", and `Intl` throws on it.

export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

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

/** The catalogue for the wish of the person, else for the system's languages, else English. */
export function chooseLocale(wish: string | null, system: readonly string[]): Locale {
  for (const tag of [wish, ...system]) {
    const language = validTag(tag)?.split('-')[0];
    const found = LOCALES.find((locale) => locale === language);
    if (found) return found;
  }
  return 'en';
}

/** The tag that numbers and dates follow: the system's own form of the chosen language. */
export function formatTag(locale: Locale, system: readonly string[]): string {
  const own = system.map((tag) => validTag(tag)).find((tag) => tag?.split('-')[0] === locale);
  return own ?? locale;
}
