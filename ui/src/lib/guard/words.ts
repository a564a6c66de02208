// How findings are said to people: one line for a message, a name for each thing that was found.
import type { GuardFinding, Message } from '$lib/api';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
import en from '$lib/i18n/messages/guard.en.json';

/** What stands there, in a word or two. */
export function labelOf({ kind, label }: Pick<GuardFinding, 'kind' | 'label'>): string {
  const known = `guard.label.${label}`;
  return t((known in en ? known : `guard.kind.${kind}`) as MessageKey);
}

/** A word of the log; one of a newer program is shown as it is. */
export function wordOf(prefix: 'kind' | 'action' | 'actor', word: string): string {
  const known = `guard.${prefix}.${word}`;
  return known in en ? t(known as MessageKey) : word;
}

export const isValue = ({ kind }: GuardFinding) => kind === 'pii' || kind === 'secrets';

/** Things of one sort in one text: a value by itself, the rules of an attack together. */
export interface Group {
  readonly first: GuardFinding;
  /** Their places in the list of the message. */
  readonly places: readonly number[];
  readonly rules: readonly string[];
}

export function groupsOf(findings: readonly GuardFinding[]): readonly Group[] {
  const groups = new Map<string, { first: GuardFinding; places: number[]; rules: Set<string> }>();
  findings.forEach((finding, place) => {
    const { kind, attachment, document, action } = finding;
    const text = attachment ?? document ?? '';
    const key = isValue(finding) ? String(place) : `${kind} ${text} ${action}`;
    const group = groups.get(key) ?? { first: finding, places: [], rules: new Set() };
    group.places.push(place);
    group.rules.add(finding.rule);
    groups.set(key, group);
  });
  return [...groups.values()].map(({ first, places, rules }) => ({
    first,
    places,
    rules: [...rules],
  }));
}

/** The line below a message; empty where there is nothing to say. */
export function lineOf(findings: readonly GuardFinding[]): string {
  const count = (of: (finding: GuardFinding) => boolean) => findings.filter(of).length;
  const value = (...actions: readonly GuardFinding['action'][]) =>
    count((one) => isValue(one) && actions.includes(one.action));
  const open = findings.filter(({ action }) => action !== 'allow');
  const leftOut = open.filter(({ action }) => action === 'quarantine');
  const attacks = open
    .filter(({ kind }) => kind === 'injection')
    .filter((one) => !leftOut.includes(one));
  const masked = value('mask');
  const noted = value('note', 'warn');
  const allowed = value('allow');
  const parts = [
    masked > 0 && t('guard.line.masked', { count: masked }),
    noted > 0 && t('guard.line.noted', { count: noted }),
    allowed > 0 && t('guard.line.allowed', { count: allowed }),
    attacks.some(({ attachment }) => attachment !== null)
      ? t('guard.line.attackFile')
      : attacks.length > 0 && t('guard.line.attack'),
    leftOut.some(({ kind }) => kind === 'injection')
      ? t('guard.line.attackDocument')
      : leftOut.length > 0 && t('guard.line.leftOut'),
    open.some(({ kind }) => kind === 'toxicity') && t('guard.line.abuse'),
  ];
  return parts.filter((part) => part !== false).join(' · ');
}

/** Whether the line should be seen: an attack that came with a file is nobody's own doing. */
export function isGrave(findings: readonly GuardFinding[]): boolean {
  return findings.some(
    ({ kind, action, attachment }) =>
      action === 'warn' ||
      action === 'quarantine' ||
      (kind === 'injection' && attachment !== null && action !== 'allow'),
  );
}

/** More of a value is not shown. */
const MOST = 60;

/** What stands where something was found; nothing for what is in a file or a document. */
export function valueOf({ content }: Message, finding: GuardFinding): string {
  const elsewhere = finding.attachment !== null || finding.document !== null;
  if (elsewhere || !isValue(finding)) return '';
  const value = Array.from(content).slice(finding.start, finding.end);
  return value.length > MOST ? `${value.slice(0, MOST).join('')}…` : value.join('');
}
