import { expect, test } from 'vitest';
import { hintOf, lookOf } from '../../src/features/quick-first';

test('the look of the address is taken', () => {
  const look = { theme: 'dark', contrast: 'more', text_size: 110, language: 'de' };
  const search = `?${new URLSearchParams({ look: JSON.stringify(look) }).toString()}`;
  expect(lookOf(search)).toEqual(look);
});

test('an address without a look, or with a broken one, follows the system', () => {
  expect(lookOf('')).toBeNull();
  expect(lookOf('?look=%7B')).toBeNull();
});

test('the hint of the address stands in the field', () => {
  expect(hintOf('?hint=Ask%20something')).toBe('Ask something');
  expect(hintOf('')).toBe('');
});
