// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/lib/api';
import {
  extended,
  joined,
  NO_BRANCH,
  pageBranch,
  versionsOf,
  withLocal,
  type Page,
} from '../../src/features/thread/branch';
import { provisional } from '../../src/features/thread/provisional';
import { Seat } from '../../src/features/thread/seat';

const m = (id: string, parent: string | null): Message =>
  provisional(id.startsWith('q') ? 'user' : 'assistant', id, parent, id);

/** A branch of `size` messages, m1 to m<size>. */
const chain = (size: number): Message[] =>
  Array.from({ length: size }, (_, at) =>
    m(`m${String(at + 1)}`, at === 0 ? null : `m${String(at)}`),
  );

const page = (
  messages: readonly Message[],
  from: number,
  to: number,
  more: Partial<Page> = {},
): Page => ({
  messages: messages.slice(from, to),
  earlier: from,
  versions: [],
  ...more,
});

const ids = (messages: readonly Message[]) => messages.map(({ id }) => id);

describe('the shown branch', () => {
  const all = chain(10);

  it('keeps what was loaded before its end when the end is read again', () => {
    const held = pageBranch(page(all, 2, 8));
    const grown = joined(held, page(all, 6, 10));
    expect(ids(grown.messages)).toEqual(ids(all.slice(2)));
    expect(grown.earlier).toBe(2);
  });

  it('has no hole where the end moved on by more than a page', () => {
    const held = pageBranch(page(all, 0, 4));
    const moved = joined(held, page(all, 4, 10));
    expect(ids(moved.messages)).toEqual(ids(all));
    const lost = joined(held, page(all, 6, 10));
    expect(ids(lost.messages)).toEqual(ids(all.slice(6)));
    expect(lost.earlier).toBe(6);
  });

  it('lets go of what is not on the branch that is shown now', () => {
    const held = pageBranch(page(all, 2, 8));
    const other = [m('x1', null), m('x2', 'x1')];
    expect(ids(joined(held, page(other, 0, 2)).messages)).toEqual(['x1', 'x2']);
    // The same first message, but nothing comes before it any more.
    expect(ids(joined(held, { ...page(all, 4, 8), earlier: 0 }).messages)).toEqual(
      ids(all.slice(4, 8)),
    );
    expect(joined(held, page([], 0, 0)).messages).toEqual([]);
  });

  it('grows upwards by pages that fit, and only by those', () => {
    const held = pageBranch(page(all, 6, 10));
    const more = extended(held, page(all, 3, 6));
    expect([ids(more.messages), more.earlier]).toEqual([ids(all.slice(3)), 3]);
    expect(extended(held, page(all, 0, 3))).toBe(held);
    expect(extended(held, page([], 0, 0))).toBe(held);
  });

  it('remembers the siblings of what was loaded before', () => {
    const held = pageBranch(page(all, 0, 4, { versions: [{ message: 'm2', all: ['m2', 'x'] }] }));
    const grown = joined(held, page(all, 4, 10));
    expect(versionsOf(grown, 'm2', null)).toEqual({ ids: ['m2', 'x'], at: 0 });
    expect(versionsOf(grown, 'm3', null)).toEqual({ ids: ['m3'], at: 0 });
    // On another branch they are forgotten.
    const other = [m('x1', null)];
    expect(joined(grown, page(other, 0, 1)).siblings.size).toBe(0);
  });
});

describe('what was begun here', () => {
  const shown = [m('q1', null), m('a1', 'q1')];
  const question = m('q2', 'a1');
  const answer = m('a2', 'q2');

  it('stands at the end until the program tells of it', () => {
    const local = { replaces: null, messages: [question, answer] };
    expect(ids(withLocal(shown, local))).toEqual(['q1', 'a1', 'q2', 'a2']);
    expect(ids(withLocal([...shown, question], local))).toEqual(['q1', 'a1', 'q2', 'a2']);
    const told = [...shown, question, answer];
    expect(withLocal(told, local)).toBe(told);
    expect(withLocal(shown, null)).toBe(shown);
  });

  it('takes the place of what it is another version of, also of the first question', () => {
    const again = { replaces: 'a1', messages: [m('a1b', 'q1')] };
    expect(ids(withLocal(shown, again))).toEqual(['q1', 'a1b']);
    const other = { replaces: 'q1', messages: [m('q1b', null), m('a1c', 'q1b')] };
    expect(ids(withLocal(shown, other))).toEqual(['q1b', 'a1c']);
  });

  it('counts as the newest version', () => {
    const branch = pageBranch({
      messages: shown,
      earlier: 0,
      versions: [{ message: 'a1', all: ['a0', 'a1'] }],
    });
    const local = { replaces: 'a1', messages: [m('a1b', 'q1')] };
    expect(versionsOf(branch, 'a1b', local)).toEqual({ ids: ['a0', 'a1', 'a1b'], at: 2 });
    expect(versionsOf(NO_BRANCH, 'a1b', local)).toEqual({ ids: ['a1', 'a1b'], at: 1 });
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
