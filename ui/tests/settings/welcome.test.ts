// The first run says how large a model fits, and makes no promise where none does.
import { describe, expect, it } from 'vitest';
import { billionsThatFit } from '../../src/features/welcome/fit';

const GIGA = 1e9;

describe('the size of model that fits this computer', () => {
  it('follows the memory that is free, not the memory that there is', () => {
    expect(billionsThatFit(16 * GIGA, 7.5 * GIGA)).toBe(8);
    expect(billionsThatFit(16 * GIGA, 2 * GIGA)).toBe(1);
  });

  it('is none where hardly any memory is free', () => {
    expect(billionsThatFit(4 * GIGA, 0.9 * GIGA)).toBeNull();
  });
});
