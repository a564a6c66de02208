// The webhooks of the mock host: one that arrives, one in the network whose last message waits, one that
// is paused and did not arrive.
import type {
  Delivery,
  NewWebhook,
  OutboundError,
  Rpc,
  Webhook,
  WebhookDraft,
} from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8v2kq9TbX1c=';
export const RENEWED = 'whsec_C2FVsBQIhrscChlQIMV6b5sSYspob7oDNNwLoMcVrTk=';

const webhookId = (at: number) => `00000000-0000-4000-8000-0000000000f${String(at)}`;
const deliveryId = (at: number) =>
  `00000000-0000-4000-8000-000000000d${String(at).padStart(2, '0')}`;

function delivery(at: number, webhook: number, age: number, values: Partial<Delivery>): Delivery {
  return {
    id: deliveryId(at),
    webhook: webhookId(webhook),
    event: 'generation.finished',
    created: Date.now() - age,
    status: 'delivered',
    attempts: 1,
    due: null,
    http_status: 204,
    error: null,
    took_ms: 84,
    ...values,
  };
}

function deliveries(): Delivery[] {
  return [
    delivery(0, 1, 4 * MINUTE, {}),
    delivery(1, 1, 2 * HOUR, { event: 'job.finished', attempts: 3, took_ms: 210 }),
    delivery(2, 1, 26 * HOUR, {
      status: 'failed',
      attempts: 9,
      http_status: 503,
      error: 'status',
    }),
    delivery(3, 2, 12 * MINUTE, {
      status: 'waiting',
      attempts: 4,
      due: Date.now() + 9 * MINUTE,
      http_status: null,
      error: 'unreachable',
    }),
    delivery(4, 3, 50 * HOUR, {
      event: 'webhook.test',
      status: 'failed',
      http_status: null,
      error: 'certificate',
    }),
  ];
}

function webhook(at: number, name: string, values: Partial<Webhook>): Webhook {
  return {
    id: webhookId(at),
    name,
    url: 'https://n8n.example.org/webhook/42',
    events: ['generation.finished', 'job.finished'],
    local: false,
    paused: false,
    created: Date.now() - 90 * 24 * HOUR,
    last: null,
    ...values,
  };
}

function samples(): Webhook[] {
  return [
    webhook(1, 'n8n', {}),
    webhook(2, 'Reading room', {
      url: 'http://printer.local:5678/hook',
      events: ['job.finished'],
      local: true,
    }),
    webhook(3, 'Team', { url: 'https://hooks.example.com/t/7', paused: true }),
  ];
}

/** What a test comes to at each of the made-up places. */
const TEST_ENDS: Readonly<Record<string, OutboundError | undefined>> = {
  [webhookId(2)]: 'unreachable',
  [webhookId(3)]: 'certificate',
};

export function webhooksFor(scene: string): Handlers {
  const none = scene === 'welcome' || scene === 'empty';
  let webhooks = none ? [] : samples();
  let sent = none ? [] : deliveries();
  let made = 0;

  const of = (id: string) => sent.filter((one) => one.webhook === id);
  const whole = (one: Webhook): Webhook => ({ ...one, last: of(one.id)[0] ?? null });
  const find = (id: string) => {
    const found = webhooks.find((one) => one.id === id);
    if (!found) throw new ApiError('webhook_not_found', 'gone');
    return found;
  };

  /** As the program does, as far as a name tells where it is. */
  function check(draft: WebhookDraft, own: string | null): WebhookDraft {
    if (webhooks.some((one) => one.name === draft.name && one.id !== own)) {
      throw new ApiError('name_taken', 'taken');
    }
    const { hostname, port } = new URL(draft.url);
    const near = /^localhost$|\.local$|^127\.|^192\.168\./.test(hostname) || port !== '';
    if (near && !draft.local) throw new ApiError('webhook_address', 'near');
    return draft;
  }

  function renew(id: string, secret: string): NewWebhook {
    return { webhook: whole(find(id)), secret };
  }

  return {
    webhook_list: () => webhooks.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(whole),
    webhook_deliveries: ({ id }) => of(find(id).id),
    webhook_make: (draft) => {
      made += 1;
      webhooks.push(webhook(3 + made, draft.name, check(draft, null)));
      return renew(webhookId(3 + made), SECRET);
    },
    webhook_update: ({ id, draft }) => {
      const changed = { ...find(id), ...check(draft, id) };
      webhooks = webhooks.map((one) => (one.id === id ? changed : one));
      return whole(changed);
    },
    webhook_renew: ({ id }) => renew(id, RENEWED),
    webhook_delete: ({ id }) => {
      find(id);
      webhooks = webhooks.filter((one) => one.id !== id);
      sent = sent.filter((one) => one.webhook !== id);
      return {};
    },
    webhook_test: ({ id }) => {
      const error = TEST_ENDS[find(id).id] ?? null;
      const status = error === null ? 'delivered' : 'failed';
      const http_status = error === null ? 200 : null;
      made += 1;
      const tried = delivery(20 + made, 0, 0, {
        event: 'webhook.test',
        status,
        http_status,
        error,
      });
      sent = [{ ...tried, webhook: id }, ...sent];
      return { ...tried, webhook: id };
    },
    webhook_again: ({ id }) => {
      const found = sent.find((one) => one.id === id);
      if (!found) throw new ApiError('webhook_not_found', 'gone');
      const waiting = { ...found, status: 'waiting' as const, attempts: 0, due: Date.now() };
      sent = sent.map((one) => (one.id === id ? waiting : one));
      return waiting;
    },
  };
}
