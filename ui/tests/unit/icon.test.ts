import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('the icon of the interface is that of the application', () => {
  expect(readFileSync('src/lib/ui/hearth.svg', 'utf8')).toBe(
    readFileSync('../icons/hearth.svg', 'utf8'),
  );
});
