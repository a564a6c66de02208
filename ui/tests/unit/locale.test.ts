import { describe, expect, it } from 'vitest';
import {
  chooseLocale,
  directionOf,
  formatTag,
  LOCALES,
  pageTag,
  validTag,
} from '../../src/lib/i18n/locale';

describe('the language', () => {
  it('falls back to English where the system reports what Intl throws on', () => {
    expect(() => new Intl.NumberFormat('C')).toThrow();
    expect(validTag('C')).toBeNull();
    expect(chooseLocale(null, ['C'])).toBe('en');
    expect(formatTag('en', ['C'])).toBe('en');
  });

  it('is the wish of the person before that of the system', () => {
    expect(chooseLocale('de', ['en-US'])).toBe('de');
    expect(chooseLocale(null, ['it-IT', 'de-AT'])).toBe('de');
    expect(chooseLocale(null, ['fr-FR', 'de-AT'])).toBe('fr');
    expect(chooseLocale(null, ['es-MX'])).toBe('es');
  });

  it('is Chinese only where Chinese is written in Simplified characters', () => {
    for (const tag of ['zh', 'zh-CN', 'zh-SG', 'zh-Hans-HK']) {
      expect(chooseLocale(null, [tag]), tag).toBe('zh');
    }
    for (const tag of ['zh-TW', 'zh-HK', 'zh-Hant', 'zh-Hant-CN']) {
      expect(chooseLocale(null, [tag, 'de-DE']), tag).toBe('de');
    }
    expect(chooseLocale('zh', ['zh-TW'])).toBe('zh');
  });

  it('writes numbers as the region of the same language does', () => {
    expect(formatTag('de', ['en-US', 'de-AT'])).toBe('de-AT');
    expect(formatTag('en', ['de-AT'])).toBe('en');
  });

  it('names the script of Chinese where the system does not speak it', () => {
    expect(formatTag('zh', ['en-US', 'zh-CN'])).toBe('zh-CN');
    expect(formatTag('zh', ['zh-TW', 'en-US'])).toBe('zh-Hans');
  });

  it('runs from right to left in Arabic alone', () => {
    expect(LOCALES.filter((locale) => directionOf(locale) === 'rtl')).toEqual(['ar']);
  });

  it('writes Arabic with the digits of code and of answers, in every web view alike', () => {
    expect(formatTag('ar', ['ar-EG'])).toBe('ar-EG-u-nu-latn');
    expect(formatTag('ar', ['en-US'])).toBe('ar-u-nu-latn');
    expect(new Intl.NumberFormat(formatTag('ar', ['ar-EG'])).format(1234.5)).toMatch(/1.?234.5/);
    // Who asked the system for other digits gets them.
    expect(formatTag('ar', ['ar-EG-u-nu-arab'])).toBe('ar-EG-u-nu-arab');
  });

  it('tells the page its language without how numbers are written', () => {
    expect(pageTag('ar-EG-u-nu-latn')).toBe('ar-EG');
    expect(pageTag('zh-Hans')).toBe('zh-Hans');
  });
});
