// Made-up conversations, models and settings for the mock host.
import type {
  AppStatus,
  Conversation,
  EngineState,
  Message,
  Model,
  SamplingParams,
  Settings,
} from '../../src/lib/api';
import { noSampling } from '../../src/lib/state/beginning.svelte';

const MINUTE = 60_000;
const DAY = 86_400_000;
const GIGA = 1e9;

export interface World {
  conversations: Conversation[];
  deleted: Conversation[];
  messages: Message[];
  models: Model[];
  settings: Settings;
  status: AppStatus;
}

export interface Wish {
  readonly scene: string;
  readonly theme: string;
  readonly language: string | null;
  readonly engine: string;
}

export const NO_SAMPLING: SamplingParams = noSampling();

const SMALL: Model = {
  id: 'smollm2-135m-instruct-q4_1',
  name: 'SmolLM2 135M Instruct',
  source: 'catalogue',
  consent: 'not_needed',
  size: 98_000_000,
  architecture: 'llama',
  quantisation: 'Q4_1',
  parameters: 134_515_008,
  context_length: 8192,
  purpose: 'answers',
  dimensions: null,
  licence: 'Apache-2.0',
  memory_needed: 300_000_000,
  context: 8192,
  fit: 'fits',
  verdict: { state: 'good' },
  origin: null,
  ours: false,
  choice: { context: null, threads: null, sampling: NO_SAMPLING },
  speed: {
    measured: Date.now() - 2 * DAY,
    asked: true,
    decode_per_second: 138.4,
    prefill_per_second: 1210,
    share_of_bandwidth: 0.62,
    bandwidth: 31e9,
    threads: 4,
    step_ms: [7.2, 7.9, 9.6, 14.1],
    load_ms: 96,
  },
  present: true,
  is_default: true,
};

export const FOREIGN_MODEL: Model = {
  ...SMALL,
  id: '4f9a1c0d7be2a85530c1e6d0c7a2b94ee1d5830f66ab1290c3e47d5589a01b7e',
  name: 'Qwen3-8B-Q4_K_M',
  source: 'file',
  consent: 'needed',
  size: 5.03 * GIGA,
  architecture: 'qwen3',
  quantisation: 'Q4_K_M',
  parameters: 8_190_735_360,
  memory_needed: 6.4 * GIGA,
  context: 8192,
  fit: 'tight',
  verdict: { state: 'untried' },
  speed: null,
  licence: null,
  is_default: false,
};

/** Models of the page that show its other states. */
export const MANY_MODELS: readonly Model[] = [
  {
    ...FOREIGN_MODEL,
    id: 'a'.repeat(64),
    name: 'qwen3:4b',
    consent: 'given',
    size: 2.6 * GIGA,
    memory_needed: 3.4 * GIGA,
    fit: 'fits',
    verdict: { state: 'good' },
    origin: 'ollama',
    licence: 'Apache-2.0',
  },
  {
    ...FOREIGN_MODEL,
    id: 'b'.repeat(64),
    name: 'A model with a name that nobody would ever choose and a publisher did, in IQ4_XS, imatrix, v2',
    consent: 'given',
    size: 41 * GIGA,
    memory_needed: 46 * GIGA,
    fit: 'too_big',
    verdict: { state: 'good' },
  },
  {
    ...FOREIGN_MODEL,
    id: 'c'.repeat(64),
    name: 'broken-in-transit',
    consent: 'given',
    fit: 'fits',
    verdict: { state: 'bad', code: 'model_crashes' },
    ours: true,
  },
  { ...FOREIGN_MODEL, id: 'd'.repeat(64), name: 'gone', present: false, consent: 'given' },
];

const TITLES: readonly [title: string, age: number, pinned: boolean][] = [
  ['House rules for the practice', 3 * DAY, true],
  ['Notice period under the new tenancy law', 4 * MINUTE, false],
  ['Rent increase letter, second draft', 50 * MINUTE, false],
  ['What changed between TLS 1.2 and 1.3?', 130 * MINUTE, false],
  ['Diet plan without lactose', 1.4 * DAY, false],
  ['Explain the difference between a lease and a licence in one page', 2 * DAY, false],
  ['مسودة رسالة إلى المالك', 3 * DAY, false],
  ['Regex for IBAN', 6 * DAY, false],
  [
    'A very long title that nobody would ever write but a model did, with many words in it',
    9 * DAY,
    false,
  ],
  ['Quarterly numbers', 14 * DAY, false],
];

const ANSWER = `The notice period depends on **who** gives notice and **how long** the tenant has lived there.

| Lived there | Tenant | Landlord |
| --- | --- | --- |
| up to 5 years | 3 months | 3 months |
| 5 to 8 years | 3 months | 6 months |
| over 8 years | 3 months | 9 months |

Three points to check in your case:

1. The letter has to be *signed by hand*; an e-mail is not enough.
2. It must arrive by the third working day of a month.
3. A landlord has to name a reason.

\`\`\`python
def notice_months(years: float, by_landlord: bool) -> int:
    """Months of notice for a flat."""
    if not by_landlord or years < 5:
        return 3
    return 6 if years < 8 else 9
\`\`\`

If you tell me the date the tenancy began, I can work out the last day.`;

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export function message(n: number, values: Partial<Message>): Message {
  return {
    id: uuid(1000 + n),
    conversation: uuid(1),
    parent: null,
    role: 'user',
    content: '',
    reasoning: '',
    attachments: [],
    status: 'complete',
    finish: null,
    model: null,
    usage: null,
    timing: null,
    created: Date.now() - 5 * MINUTE,
    ...values,
  };
}

function thread(conversation: string): Message[] {
  const question = message(1, {
    conversation,
    content: 'What is the notice period for a flat, and does it differ for the landlord?',
  });
  const answer = message(2, {
    conversation,
    parent: question.id,
    role: 'assistant',
    content: ANSWER,
    finish: 'stop',
    model: SMALL.name,
    usage: { prompt_tokens: 58, cached_tokens: 32, completion_tokens: 214 },
    timing: {
      queue_ms: 2,
      ttft_ms: 184,
      prefill_tokens_per_second: 412,
      tokens_per_second: 61.4,
      batch_width: 1,
      draft_proposed: 0,
      draft_accepted: 0,
      thinking_ms: 0,
    },
  });
  return [question, answer];
}

export function engineState(name: string): EngineState {
  const model = { model: SMALL.id, name: SMALL.name };
  const memory = { weights: 96e6, kv_cache: 188e6, compute: 41e6, kept: 0, context: 8192 };
  switch (name) {
    case 'empty':
      return { state: 'empty' };
    case 'loading':
      return { state: 'loading', ...model, progress: 0.43 };
    case 'busy':
      return { state: 'busy', ...model, running: 1, queued: 0, memory };
    case 'failed':
      return { state: 'failed', ...model, code: 'model_file_missing', message: 'gone' };
    default:
      return { state: 'ready', ...model, idle_since: Date.now(), memory };
  }
}

export function world({ scene, theme, language, engine }: Wish): World {
  const now = Date.now();
  const conversations = TITLES.map(([title, age, pinned], index): Conversation => ({
    id: uuid(index),
    title,
    pinned,
    archived: false,
    folder: null,
    persona: null,
    instructions: null,
    model: null,
    sampling: NO_SAMPLING,
    head: uuid(1002),
    created: now - age,
    updated: now - age,
  }));
  const fresh = scene === 'welcome' || scene === 'empty';
  return {
    conversations: fresh ? [] : conversations,
    deleted: [],
    messages: thread(uuid(1)),
    models: [SMALL, FOREIGN_MODEL],
    settings: {
      appearance: {
        open_folders: [],
        theme: theme as Settings['appearance']['theme'],
        contrast: 'system',
        text_size: 100,
        speed_line: true,
        spell_check: true,
        language,
      },
      model: {
        default_model: SMALL.id,
        context_size: 0,
        parallel: 8,
        threads: 0,
        warm: 'always',
        warm_on_battery: null,
        warm_minutes: 30,
        memory_mib: 0,
        prompt_cache_mib: 2048,
      },
      generation: { persona: null, sampling: NO_SAMPLING },
      server: {
        enabled: false,
        port: 8790,
        log_days: 7,
        network: { enabled: false, port: 8443, names: [] },
      },
      desktop: {
        close: 'ask',
        start_on_login_offered: false,
        shortcut: 'Ctrl+Shift+Space',
        quick_hides_on_blur: false,
        quick_ahead: false,
        release_minutes: 5,
        notifications: true,
      },
      lock: { idle_minutes: 15, on_sleep: true },
      guard: {
        chat: {
          injection: 'note',
          pii: 'note',
          secrets: 'note',
          toxicity: 'off',
          clean_output: true,
          mask_output: false,
        },
        port: 'standard',
        audit_days: 365,
      },
      welcomed: scene !== 'welcome',
      recovery_acknowledged: scene !== 'welcome',
    },
    status: {
      version: '0.1.0',
      process: uuid(9),
      engine: engineState(engine),
      beside: [],
      crashed: null,
      host: 'desktop',
      capabilities: ['window', 'pick_file', 'clipboard', 'open_link'],
      key_source: 'keyring',
      key_notice: null,
      recovery_code_pending: scene === 'welcome',
      server: { enabled: false, url: null, keys: 3, network: null },
      memory_total: 16 * GIGA,
      memory_available: 7.2 * GIGA,
      data_size: 4_300_000,
      data_dir: '/home/anna/.local/share/hearth',
    },
  };
}
