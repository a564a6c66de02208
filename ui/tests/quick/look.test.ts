import { expect, test } from 'vitest';
import { lookOf } from '../../src/quick-look';

test('the look of the address is taken', () => {
  const look = { theme: 'dark', contrast: 'more', text_size: 110, language: 'de' };
  const search = `?${new URLSearchParams({ look: JSON.stringify(look) }).toString()}`;
  expect(lookOf(search)).toEqual(look);
});

test('an address without a look, or with a broken one, follows the system', () => {
  expect(lookOf('')).toBeNull();
  expect(lookOf('?look=%7B')).toBeNull();
});
