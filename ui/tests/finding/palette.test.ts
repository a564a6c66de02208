// What the palette finds, and in which order.
import { describe, expect, it } from 'vitest';
import { matching, type Entry, type EntryGroup } from '../../src/features/palette/entries';
import { score } from '../../src/features/palette/fuzzy';

const better = (question: string, good: string, bad: string) => {
  expect(score(question, good), good).not.toBeNull();
  expect(score(question, good)!, `${good} before ${bad}`).toBeGreaterThan(
    score(question, bad) ?? -Infinity,
  );
};

describe('a title', () => {
  it('is better the nearer the words are to beginnings', () => {
    better('ten', 'Tenancy law', 'Notice of tenancy');
    better('ten', 'Notice of tenancy', 'Attention');
    better('law', 'Tenancy law', 'A flawless day');
  });

  it('is found by the first letters of its words, and by letters left out', () => {
    expect(score('npl', 'Notice period law')).not.toBeNull();
    expect(score('regx', 'Regex for IBAN')).not.toBeNull();
  });

  it('is found without accents and in any case', () => {
    expect(score('uber', 'Über den Dächern')).not.toBeNull();
    expect(score('DACH', 'Über den Dächern')).not.toBeNull();
  });

  it('has all of the words, in any order', () => {
    expect(score('law notice', 'Notice period under the new tenancy law')).not.toBeNull();
    expect(score('law recipe', 'Notice period under the new tenancy law')).toBeNull();
  });

  it('is not found by letters that are scattered over it', () => {
    expect(score('te', 'Notice of the house')).toBeNull();
    expect(score('tpo', 'Notice without a hope')).toBeNull();
    expect(score('xyz', 'Regex')).toBeNull();
  });
});

describe('the palette', () => {
  const entry = (label: string, kind: Entry['kind'] = 'command'): Entry => ({
    id: label,
    label,
    kind,
    run: () => undefined,
  });
  const groups: EntryGroup[] = [
    { label: 'one', entries: ['Aa', 'Ab', 'Ac'].map((name) => entry(name)), few: 2, many: 2 },
    { label: 'two', entries: [entry('Settings')], few: 0, many: 5 },
  ];
  const labels = (found: readonly EntryGroup[]) =>
    found.map((group) => group.entries.map((one) => one.label));

  it('offers a few of each group while nothing is typed', () => {
    expect(labels(matching(groups, '  '))).toEqual([['Aa', 'Ab']]);
  });

  it('keeps the order of equals and leaves out groups without a match', () => {
    expect(labels(matching(groups, 'a'))).toEqual([['Aa', 'Ab']]);
    expect(labels(matching(groups, 'sett'))).toEqual([['Settings']]);
    expect(matching(groups, 'nothing')).toEqual([]);
  });

  it('puts the group with the best match first', () => {
    const both = [
      { label: 'far', entries: [entry('The asset')], few: 1, many: 1 },
      { label: 'near', entries: [entry('Settings')], few: 1, many: 1 },
    ];
    expect(matching(both, 'set').map((group) => group.label)).toEqual(['near', 'far']);
  });
});
