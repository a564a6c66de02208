// What the guardrails found, as people see it: the line, what it opens, and the question before sending.
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuardFinding, GuardKind } from '../../src/lib/api';
import FindingList from '../../src/lib/guard/FindingList.svelte';
import { findings } from '../../src/lib/guard/findings.svelte';
import GuardDialog from '../../src/lib/guard/GuardDialog.svelte';
import { guardQuestion, sendGuarded } from '../../src/lib/guard/question.svelte';
import { groupsOf, isGrave, lineOf, valueOf } from '../../src/lib/guard/words';
import { ApiError } from '../../src/lib/host';
import { foldEvents, NEW_ANSWER } from '../../src/lib/answer/answer';
import { message } from '../mock/data';
import { clear, preparePage, show, testHost, type TestHost } from '../thread/page';

const MAIL = 'jo@example.org';

function finding(kind: GuardKind, more: Partial<GuardFinding> = {}): GuardFinding {
  return {
    kind,
    rule: `${kind}.rule`,
    label: 'EMAIL_ADDRESS',
    attachment: null,
    document: null,
    start: 9,
    end: 9 + MAIL.length,
    action: 'note',
    name: null,
    ...more,
  };
}

describe('the line below a message', () => {
  it('counts what was masked, noticed and let through, and is empty where nothing was found', () => {
    const mask = finding('pii', { action: 'mask' });
    const allow = finding('secrets', { action: 'allow' });
    expect(lineOf([mask, mask, finding('pii'), allow])).toBe(
      '2 values masked · 1 sensitive value noticed · 1 value let through',
    );
    expect(lineOf([])).toBe('');
  });

  it('says of an attack whether it came with a file, and is grave only then', () => {
    const typed = [finding('injection')];
    const attached = [finding('injection', { attachment: 'a' })];
    expect(lineOf(typed)).toBe('Tries to instruct the model');
    expect(lineOf(attached)).toBe('An attached text tries to instruct the model');
    expect([isGrave(typed), isGrave(attached)]).toEqual([false, true]);
    expect(lineOf([finding('injection', { action: 'allow' })])).toBe('');
  });

  it('says of a document that passages were left out, and why where it is an attack', () => {
    const of = { document: 'lease.pdf', action: 'quarantine' } as const;
    const attack = [finding('injection', of)];
    expect(lineOf(attack)).toBe(
      'A document tries to instruct the model; those passages were left out',
    );
    expect(lineOf([finding('pii', of)])).toBe('Passages of a document were left out');
    expect(isGrave(attack)).toBe(true);
    expect(valueOf(message(1, { content: `Write to ${MAIL}` }), finding('pii', of))).toBe('');
  });

  it('shows the rules of one attack together and each value by itself', () => {
    const attack = (rule: string) => finding('injection', { rule });
    const groups = groupsOf([attack('a'), finding('pii'), attack('b'), finding('pii')]);
    expect(groups.map(({ places }) => places)).toEqual([[0, 2], [1], [3]]);
    expect(groups[0]?.rules).toEqual(['a', 'b']);
  });

  it('counts places in characters as people see them', () => {
    const text = message(1, { content: `😀 write ${MAIL} now` });
    expect(valueOf(text, finding('pii', { start: 8, end: 8 + MAIL.length }))).toBe(MAIL);
    expect(valueOf(text, finding('pii', { attachment: 'a' }))).toBe('');
  });
});

describe('what was found in a message', () => {
  let host: TestHost;
  const question = message(1, { content: `Write to ${MAIL}.` });

  beforeEach(async () => {
    preparePage();
    host = await testHost();
  });
  afterEach(clear);

  it('names it, its rule and what the model reads, and one click lets it through', async () => {
    const masked = finding('pii', { action: 'mask', name: '[EMAIL_1_AB]' });
    host.answers.guard_decide = () => ({
      message: question.id,
      findings: [{ ...masked, action: 'allow' }],
    });
    const page = show(FindingList, { message: question, found: [masked] });
    for (const text of ['E-mail address', MAIL, 'pii.rule', 'The model reads [EMAIL_1_AB]']) {
      expect(page.textContent).toContain(text);
    }
    const button = [...page.querySelectorAll('button')].find((one) =>
      one.textContent.includes('Let the model read it'),
    );
    button?.click();
    await expect
      .poll(() => host.called('guard_decide'))
      .toEqual([{ message: question.id, finding: 0, decision: 'allow' }]);
    await expect.poll(() => findings.of(question.id)[0]?.action).toBe('allow');
  });
});

describe('a question that the person wants to be asked about', () => {
  const asked = new ApiError('guard_confirm', '', {
    findings: [finding('pii', { action: 'confirm' })],
  });
  const request = { text: 'x', client_id: 'c' };

  beforeEach(preparePage);
  afterEach(clear);

  it('is sent with the answer, and not at all where the person goes back', async () => {
    const sent: unknown[] = [];
    const send = (one: object) => {
      sent.push(one);
      return 'guard' in one ? Promise.resolve({} as never) : Promise.reject(asked);
    };
    const masked = sendGuarded(request, send);
    await expect.poll(() => guardQuestion.asked).not.toBeNull();
    guardQuestion.asked?.answer('mask');
    await masked;
    expect(sent).toEqual([request, { ...request, guard: 'mask' }]);

    const back = sendGuarded(request, send);
    await expect.poll(() => guardQuestion.asked).not.toBeNull();
    guardQuestion.asked?.answer(null);
    await expect(back).rejects.toBe(asked);
    expect(sent).toHaveLength(3);
  });

  it('says what was found, and offers to mask it', async () => {
    show(GuardDialog, {});
    const answer = guardQuestion.ask([finding('pii', { action: 'confirm' })]);
    flushSync();
    expect(document.querySelector('[data-guard-question]')?.textContent).toContain('E-mail');
    const mask = [...document.querySelectorAll('button')].find((one) =>
      one.textContent.includes('Mask and send'),
    );
    mask?.click();
    expect(await answer).toBe('mask');
  }, 30_000);

  it('lets every other refusal through as it is', async () => {
    const refused = new ApiError('blocked_by_guard', '');
    await expect(sendGuarded(request, () => Promise.reject(refused))).rejects.toBe(refused);
  });
});

describe('an answer whose words turn out to be thoughts', () => {
  it('begins anew with what the program says', () => {
    const state = foldEvents(NEW_ANSWER, [
      { type: 'delta', text: 'let me see', reasoning: '' },
      { type: 'rewritten', text: '', reasoning: 'let me see' },
      { type: 'delta', text: 'Yes', reasoning: '' },
    ]);
    expect([state.text, state.reasoning]).toEqual(['Yes', 'let me see']);
  });
});
