// What the program would say in each scene.
import type { Attachment, ChatEvent, ConversationView, Message } from '../../src/lib/api';
import { ApiError, type Host } from '../../src/lib/host';
import { bigTable, FULL, LONG_CODE } from '../markdown/texts';
import { ATTACK, CODE, RICH, RTL } from './texts';
import { leafOf, viewOf, type Stretch } from './tree';

export interface Scene {
  /** The whole tree. */
  readonly view: Pick<ConversationView, 'messages' | 'generation'>;
  readonly head: string;
  readonly events: readonly ChatEvent[];
}

const TIMING = {
  queue_ms: 1,
  ttft_ms: 213,
  prefill_tokens_per_second: 410,
  tokens_per_second: 38.4,
  batch_width: 1,
  draft_proposed: 0,
  draft_accepted: 0,
  thinking_ms: 0,
};
const USAGE = { prompt_tokens: 80, cached_tokens: 0, completion_tokens: 311 };

function say(
  conversation: string,
  id: string,
  parent: string | null,
  content: string,
  more: Partial<Message> = {},
): Message {
  const user = id.startsWith('q');
  return {
    id,
    conversation,
    parent,
    role: user ? 'user' : 'assistant',
    content,
    attachments: [],
    reasoning: '',
    status: 'complete',
    finish: user ? null : 'stop',
    model: user ? null : 'SmolLM2 135M Instruct',
    usage: user ? null : USAGE,
    timing: user ? null : TIMING,
    created: Date.now(),
    ...more,
  };
}

const FILES: Attachment[] = [
  { id: 'f1', name: 'lease-2024.txt', bytes: 48_211, lines: 902, pages: 12 },
  {
    id: 'f2',
    name: 'a very long name of a file that goes on and on and on.md',
    bytes: 812,
    lines: 14,
    pages: 0,
  },
];

const QUESTION = 'How does a heat pump work, and what does one cost?';

export function scenes(at: string, scene: string): Scene {
  const one = (
    answer: string,
    more: Partial<Message> = {},
    question = QUESTION,
    attachments: Attachment[] = [],
  ): Scene => ({
    view: {
      messages: [say(at, 'q1', null, question, { attachments }), say(at, 'a1', 'q1', answer, more)],
      generation: null,
    },
    head: 'a1',
    events: [],
  });
  const live = (...events: ChatEvent[]): Scene => ({
    view: {
      messages: [
        say(at, 'q1', null, 'What is the capital of France?'),
        say(at, 'a1', 'q1', 'The capital of France is **Paris**.'),
        say(at, 'q2', 'a1', QUESTION),
        say(at, 'a2', 'q2', '', { status: 'streaming', model: null, timing: null, usage: null }),
      ],
      generation: 'g1',
    },
    head: 'a2',
    events: [{ type: 'started', message_id: 'a2' }, ...events],
  });
  const delta = (text: string, reasoning = ''): ChatEvent => ({ type: 'delta', text, reasoning });
  switch (scene) {
    case 'code':
      return one(CODE, { reasoning: 'The person wants Rust.\nA map from hash to files will do.' });
    case 'markdown':
      return one(FULL);
    case 'table':
      return one(bigTable(5000));
    case 'folded':
      return one(LONG_CODE);
    case 'stream':
      return live(
        ...FULL.repeat(4)
          .split(/(?<=\s)/)
          .map((word) => delta(word)),
      );
    case 'attack':
      return one(ATTACK, {}, 'Show me something dangerous.');
    case 'files':
      return one(RICH, {}, 'Compare these two contracts, please.', FILES);
    case 'thought':
      return one(RICH, { reasoning: 'First the principle.\nThen the costs.' });
    case 'rtl':
      return one(RTL, {}, 'مرحبا، أعطني قائمة قصيرة من فضلك');
    case 'versions': {
      const { view } = one(RICH);
      const again = say(at, 'a1b', 'q1', 'It moves warmth instead of making it.');
      return { view: { ...view, messages: [...view.messages, again] }, head: 'a1b', events: [] };
    }
    case 'ends':
      return chain(at, [
        ['It takes warmth from the air and', { status: 'stopped', finish: 'cancelled' }],
        ['It takes warmth from the ground and', { status: 'interrupted', finish: null }],
        ['It takes warmth from the water and', { status: 'failed', finish: 'error' }],
        ['It takes warmth from the', { finish: 'length' }],
      ]);
    case 'notices':
      return live(
        { type: 'notice', notice: { code: 'context_omitted', messages: 12, tokens: 4031 } },
        { type: 'notice', notice: { code: 'saving_failed', error: 'disk_full' } },
        delta('A heat pump moves warmth instead of **making** it. It takes', 'First the basics.'),
      );
    case 'loading':
      return live({ type: 'loading', progress: 0.43 });
    case 'queued':
      return live({ type: 'queued', ahead: 2 });
    case 'reading':
      return live({ type: 'prompt_progress', done: 1204, total: 3000 });
    case 'writing':
      return live(...RICH.split(/(?<=\s)/).map((word) => delta(word)));
    case 'failed':
      return live(delta('A heat pump moves warmth instead of making it. It takes'), {
        type: 'failed',
        code: 'out_of_memory',
        message: 'x',
        trace_id: 't',
        saved: false,
      });
    case 'stopped':
      return one('It takes warmth from the air and', { status: 'stopped', finish: 'cancelled' });
    case 'long':
      return chain(
        at,
        Array.from({ length: 250 }, (_, at) => [at % 5 === 0 ? RICH : CODE, {}]),
      );
    case 'tenthousand':
      return chain(
        at,
        Array.from({ length: 5_000 }, (_, at) => [at % 5 === 0 ? RICH : CODE, {}]),
      );
    case 'huge':
      return one('word '.repeat(1_000_000), {}, 'Write 5 MB on one line.');
    case 'wide':
      return one(
        `| ${'column | '.repeat(40)}\n|${'---|'.repeat(40)}\n| ${'a value | '.repeat(40)}\n\n${'x'.repeat(3000)}\n\n\`\`\`json\n{"a": "${'y'.repeat(2000)}"}\n\`\`\``,
        {},
        'a very long question '.repeat(200),
      );
    default:
      return one(RICH);
  }
}

function chain(at: string, answers: readonly (readonly [string, Partial<Message>])[]): Scene {
  const messages: Message[] = [];
  answers.forEach(([text, more], turn) => {
    const parent = messages.at(-1)?.id ?? null;
    messages.push(say(at, `q${String(turn)}`, parent, `${QUESTION} (${String(turn + 1)})`));
    messages.push(say(at, `a${String(turn)}`, `q${String(turn)}`, text, more));
  });
  return { view: { messages, generation: null }, head: messages.at(-1)?.id ?? '', events: [] };
}

/** The mock host, with the thread of a scene in the place of its second conversation. */
export function sceneHost(base: Host, scene: Scene, name: string): Host {
  let { messages } = scene.view;
  let { head } = scene;
  let removed: Message[] = [];
  const select = (next: string) => (head = leafOf(messages, next));
  return {
    ...base,
    async rpc(command, request) {
      const wish = request as { id: string; head: string; text: string } & Stretch;
      if (command === 'chat_send' && name === 'refused') {
        await new Promise((done) => setTimeout(done, 50));
        throw new ApiError('disk_full', 'full');
      }
      if (name === 'empty') return await base.rpc(command, request);
      const { conversation } = (await base.rpc('conversation_get', {
        id: at(messages),
      })) as ConversationView;
      const told = () => viewOf({ ...conversation, head }, messages, scene.view.generation, wish);
      switch (command) {
        case 'conversation_get':
          return told();
        case 'conversation_select':
          select(wish.head);
          return conversation;
        case 'message_edit':
          messages = messages.map((one) =>
            one.id === wish.id ? { ...one, content: wish.text } : one,
          );
          return messages.find((one) => one.id === wish.id);
        case 'message_delete': {
          removed = messages;
          const gone = messages.find((one) => one.id === wish.id);
          messages = messages.filter((one) => one.id !== wish.id);
          select(gone?.parent ?? messages[0]?.id ?? '');
          return conversation;
        }
        case 'message_restore':
          messages = removed;
          select(wish.id);
          return conversation;
        case 'attachment_get':
          return {
            attachment: FILES.find((file) => file.id === wish.id),
            text: 'Between the landlord and the tenant\n\u202ethe following is agreed.\n'.repeat(
              80,
            ),
          };
        default:
          return await base.rpc(command, request);
      }
    },
    subscribe(topic, from, sink) {
      if (topic !== 'generation/g1') return base.subscribe(topic, from, sink);
      let seq = from ?? 0;
      const timer = setInterval(() => {
        const event = scene.events[seq];
        if (event) sink.onItems([{ seq: seq++, event }]);
        else sink.onAlive();
      }, 8);
      return () => {
        clearInterval(timer);
      };
    },
  };
}

function at(messages: readonly Message[]): string {
  return messages[0]?.conversation ?? '';
}
