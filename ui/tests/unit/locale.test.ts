import { describe, expect, it } from 'vitest';
import { chooseLocale, formatTag, validTag } from '../../src/lib/i18n/locale';

describe('the language', () => {
  it('falls back to English where the system reports what Intl throws on', () => {
    expect(() => new Intl.NumberFormat('C')).toThrow();
    expect(validTag('C')).toBeNull();
    expect(chooseLocale(null, ['C'])).toBe('en');
    expect(formatTag('en', ['C'])).toBe('en');
  });

  it('is the wish of the person before that of the system', () => {
    expect(chooseLocale('de', ['en-US'])).toBe('de');
    expect(chooseLocale(null, ['fr-FR', 'de-AT'])).toBe('de');
  });

  it('writes numbers as the region of the same language does', () => {
    expect(formatTag('de', ['en-US', 'de-AT'])).toBe('de-AT');
    expect(formatTag('en', ['de-AT'])).toBe('en');
  });
});
