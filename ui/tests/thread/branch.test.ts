// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/lib/api';
import { branchTo, newestLeaf, versionsOf, withLocal } from '../../src/features/thread/branch';
import { draftOf, keepDraft, restored } from '../../src/features/thread/drafts';
import { provisional } from '../../src/features/thread/provisional';
import { MAX_QUESTION, refusalOf } from '../../src/features/thread/question';
import { Seat } from '../../src/features/thread/seat';

const m = (id: string, parent: string | null): Message =>
  provisional(id.startsWith('q') ? 'user' : 'assistant', id, parent, id);

const TREE = [
  m('q1', null),
  m('a1', 'q1'),
  m('a2', 'q1'),
  m('q2', 'a1'),
  m('q3', 'a2'),
  m('a3', 'q3'),
];

describe('the tree of messages', () => {
  it('is read from the first to the head', () => {
    expect(branchTo(TREE, 'a3').map(({ id }) => id)).toEqual(['q1', 'a2', 'q3', 'a3']);
    expect(branchTo(TREE, null)).toEqual([]);
  });

  it('knows the versions of a message', () => {
    expect(versionsOf(TREE, TREE[2]!)).toEqual({ ids: ['a1', 'a2'], at: 1 });
    expect(versionsOf(TREE, TREE[0]!)).toEqual({ ids: ['q1'], at: 0 });
  });

  it('goes to the newest end below a version', () => {
    expect(newestLeaf(TREE, 'a1')).toBe('q2');
    expect(newestLeaf(TREE, 'a2')).toBe('a3');
    expect(newestLeaf(TREE, 'a3')).toBe('a3');
  });

  it('ends the walk where data is broken', () => {
    const circle = [m('q1', 'a1'), m('a1', 'q1')];
    expect(branchTo(circle, 'a1').map(({ id }) => id)).toEqual(['q1', 'a1']);
    expect(branchTo([m('a1', 'gone')], 'a1').map(({ id }) => id)).toEqual(['a1']);
    expect(() => newestLeaf(circle, 'a1')).not.toThrow();
  });

  it('takes local messages only until the program has them', () => {
    expect(withLocal(TREE, [m('a3', 'q3')])).toBe(TREE);
    expect(withLocal(TREE, [m('x', 'a3')])).toHaveLength(7);
  });
});

describe('a draft', () => {
  it('is kept for each conversation', () => {
    keepDraft('a', 'one');
    keepDraft(null, 'new');
    expect([draftOf('a'), draftOf(null), draftOf('b')]).toEqual(['one', 'new', '']);
    keepDraft('a', '');
    expect(draftOf('a')).toBe('');
  });

  it('comes back before what was written since', () => {
    expect(restored('sent', ' ')).toBe('sent');
    expect(restored('sent', 'more')).toBe('sent\n\nmore');
  });
});

describe('a question', () => {
  it('is refused empty or larger than 1 MB, in bytes', () => {
    expect(refusalOf(' \n ')).toBe('empty');
    expect(refusalOf('x')).toBeNull();
    expect(refusalOf('x'.repeat(MAX_QUESTION))).toBeNull();
    expect(refusalOf('x'.repeat(MAX_QUESTION + 1))).toBe('too_large');
    expect(refusalOf('ü'.repeat(MAX_QUESTION / 2 + 1))).toBe('too_large');
  });
});

describe('a thread', () => {
  it('is the same one when its conversation gets a name, another when it is another', () => {
    const seat = new Seat();
    const first = seat.at(null);
    seat.adopt('made');
    expect(seat.at('made')).toBe(first);
    const second = seat.at('other');
    expect(second).not.toBe(first);
    expect(seat.at(null)).not.toBe(second);
  });
});
