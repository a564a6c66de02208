// What the guardrails of the made-up host found, asked about and noted.
import type {
  AuditEntry,
  GuardAction,
  GuardFinding,
  GuardKind,
  MessageFindings,
  Rpc,
} from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';
import type { World } from './data';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const CARD = '4111 1111 1111 1111';

function finding(kind: GuardKind, more: Partial<GuardFinding> = {}): GuardFinding {
  return {
    kind,
    rule: `${kind}.rule`,
    label: kind.toUpperCase(),
    attachment: null,
    document: null,
    start: 0,
    end: 0,
    action: 'note',
    name: null,
    ...more,
  };
}

const entry = (seq: number, kind: string, action: string, rule: string): AuditEntry => ({
  seq,
  at: 1_763_760_000_000 + seq * 60_000,
  actor: seq % 2 === 0 ? 'port' : 'person',
  channel: seq % 2 === 0 ? 'api' : 'user',
  kind,
  rule,
  action,
  count: seq,
});

export function guardFor(world: World, scene: string) {
  let found: MessageFindings[] = [];
  const [question, answer] = world.messages;
  if (scene === 'guard' && question && answer) {
    const text = `Please write to jo@example.org, and charge my card ${CARD}.`;
    world.messages[0] = { ...question, content: text };
    const card = text.indexOf(CARD);
    found = [
      {
        message: question.id,
        findings: [
          finding('pii', {
            rule: 'pii.email',
            label: 'EMAIL_ADDRESS',
            start: 16,
            end: 30,
            action: 'mask',
            name: '[EMAIL_1_K7F3Q]',
          }),
          finding('pii', {
            rule: 'pii.card',
            label: 'CREDIT_CARD',
            start: card,
            end: card + CARD.length,
          }),
        ],
      },
      {
        message: answer.id,
        findings: [
          finding('secrets', {
            rule: 'secrets.assigned',
            label: 'SECRET',
            action: 'mask',
            name: '[SECRET_1_M2QXAX]',
            end: 17,
          }),
        ],
      },
    ];
  }

  const handlers: Handlers = {
    guard_decide: ({ message, finding: place, decision }) => {
      const list = found.find((one) => one.message === message);
      if (!list) throw new ApiError('message_not_found', 'gone');
      const action: GuardAction = decision === 'mask' ? 'mask' : 'allow';
      const findings = list.findings.map((one, at) =>
        at === place ? { ...one, action, name: one.name ?? '[CARD_1_K7F3Q]' } : one,
      );
      found = found.map((one) => (one === list ? { ...list, findings } : one));
      return { message, findings };
    },
    message_as_read: () => ({ text: `Please write to [EMAIL_1_K7F3Q], and charge ${CARD}.` }),
    audit_list: () => ({
      entries: [
        entry(3, 'pii', 'mask', 'pii.card'),
        entry(2, 'injection', 'block', 'override.previous_instructions'),
        entry(1, 'secrets', 'note', 'secrets.provider'),
      ],
      next: null,
    }),
    audit_export: ({ json }) => ({
      name: json ? 'hearth-audit.json' : 'hearth-audit.csv',
      text: 'seq',
      conversations: 0,
    }),
  };
  return { handlers, findings: () => found };
}
