// A host that answers every command from made-up data and streams a made-up answer.
import type { AppEvent, ChatEvent, Message, Rpc } from '../../src/lib/api';
import { ApiError, type FaultCode, type Host, type StreamSink } from '../../src/lib/host';
import { message, NO_SAMPLING, type World } from './data';
import { connectionsFor } from './connections';
import { desktopFor } from './desktop';
import { findingFor } from './finding';
import { guardFor } from './guard';
import { holdingsFor } from './holdings';
import { libraryFor } from './library';
import { lockFor } from './lock';
import { modelsFor } from './models';
import { activityFor } from './activity';
import { portKeysFor } from './port-keys';
import { webhooksFor } from './webhooks';
import { writtenFor } from './writing';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const REPLY =
  'Paris is the capital of France. It lies on the Seine, and has been the capital since the tenth century. ';

export function mockHost(world: World, scene: string): Host {
  const streams = new Map<string, ChatEvent[]>();
  let app: StreamSink | null = null;
  let appSeq = 0;
  let made = 0;

  const written = writtenFor(scene, world.conversations[1]?.id ?? '');

  const lock = lockFor(scene);
  const guard = guardFor(world, scene);
  const libraryStore = libraryFor(scene);

  const tell = (event: AppEvent) => app?.onItems([{ seq: appSeq++, event }]);
  const find = (id: string) => {
    const found = world.conversations.find((one) => one.id === id);
    if (!found) throw new ApiError('conversation_not_found', 'gone');
    return found;
  };
  const replace = (id: string, values: object) => {
    const next = { ...find(id), ...values };
    world.conversations = world.conversations.map((one) => (one.id === id ? next : one));
    return next;
  };

  function answer(conversation: string, parent: string): { generation: string; answer: Message } {
    const generation = crypto.randomUUID();
    const text = message(50 + ++made, {
      id: crypto.randomUUID(),
      conversation,
      parent,
      role: 'assistant',
      status: 'streaming',
      created: Date.now(),
    });
    const events: ChatEvent[] = [
      { type: 'started', message_id: text.id },
      { type: 'prompt_progress', done: 20, total: 80 },
    ];
    const words = REPLY.repeat(3).split(/(?<= )/);
    for (const word of words) events.push({ type: 'delta', text: word, reasoning: '' });
    const usage = { prompt_tokens: 80, cached_tokens: 0, completion_tokens: words.length };
    const timing = {
      queue_ms: 1,
      ttft_ms: 210,
      prefill_tokens_per_second: 400,
      tokens_per_second: 40,
      batch_width: 1,
      draft_proposed: 0,
      draft_accepted: 0,
      thinking_ms: 0,
    };
    events.push({
      type: 'finished',
      message_id: text.id,
      reason: 'stop',
      status: 'complete',
      usage,
      timing,
    });
    world.messages.push({
      ...text,
      content: words.join(''),
      status: 'complete',
      usage,
      timing,
      model: 'SmolLM2 135M Instruct',
    });
    streams.set(`generation/${generation}`, events);
    return { generation, answer: text };
  }

  const handlers: Handlers = {
    ...written.handlers,
    ...holdingsFor(world, scene),
    ...findingFor(world, scene),
    ...desktopFor(world),
    ...modelsFor(world),
    ...lock.handlers,
    ...guard.handlers,
    ...libraryStore.handlers,
    ...portKeysFor(),
    ...activityFor(scene),
    ...webhooksFor(scene),
    ...connectionsFor(scene),
    app_status: () => world.status,
    settings_get: () => world.settings,
    settings_update: ({ patch }) =>
      (world.settings = merge(world.settings, patch) as World['settings']),
    conversation_get: ({ id }) => ({
      conversation: find(id),
      messages: world.messages.filter((one) => one.conversation === id),
      earlier: 0,
      versions: [],
      findings: guard.findings(),
      sources: libraryStore.sources(id, world.messages),
      asked: libraryStore.asked(id, world.messages),
      generation: null,
    }),
    conversation_rename: ({ id, title }) => replace(id, { title }),
    conversation_pin: ({ id, pinned }) => replace(id, { pinned }),
    conversation_delete: ({ id }) => {
      world.deleted.push(find(id));
      world.conversations = world.conversations.filter((one) => one.id !== id);
      return {};
    },
    conversation_restore: ({ id }) => {
      const back = world.deleted.find((one) => one.id === id);
      if (back) world.conversations.unshift(back);
      return find(id);
    },
    conversation_select: ({ id, head }) => replace(id, { head }),
    chat_send: ({ conversation, parent, text }) => {
      const id = conversation ?? crypto.randomUUID();
      if (!conversation) {
        const now = Date.now();
        world.conversations.unshift({
          id,
          title: text.slice(0, 40),
          pinned: false,
          archived: false,
          folder: null,
          persona: null,
          instructions: null,
          model: null,
          sampling: NO_SAMPLING,
          head: null,
          created: now,
          updated: now,
        });
      }
      const question = message(20 + ++made, {
        id: crypto.randomUUID(),
        conversation: id,
        parent: parent ?? null,
        content: text,
        created: Date.now(),
      });
      world.messages.push(question);
      const { generation, answer: reply } = answer(id, question.id);
      return {
        conversation: replace(id, { head: reply.id, updated: Date.now() }),
        user_message: question,
        findings: [],
        message_id: reply.id,
        generation,
      };
    },
    generation_list: () =>
      scene === 'finding' ? world.conversations.slice(3, 4).map((one) => one.id) : [],
    generation_cancel: () => ({}),
    model_load: () => {
      tell({ type: 'engine', engine: world.status.engine, beside: world.status.beside });
      return {};
    },
    model_unload: () => {
      tell({ type: 'engine', engine: { state: 'empty' }, beside: [] });
      return {};
    },
    model_pick: () => null,
    model_set_default: () => world.settings,
    recovery_code_show: () => ({ code: 'EMBER-7K2QX-94MDT-HJ3WA-P8RVC-6NZ5F' }),
    recovery_code_acknowledge: () =>
      (world.settings = { ...world.settings, recovery_acknowledged: true }),
    server_status: () => ({
      ...world.status.server,
      enabled: world.settings.server.enabled,
      url: world.settings.server.enabled ? 'http://127.0.0.1:8790/v1' : null,
    }),
    verify: () => ({ ok: true, conversations: 10, messages: 214, audit_entries: 3, problems: [] }),
    text_copy: () => ({}),
    link_open: () => ({}),
    ui_ready: () => ({}),
  };

  async function rpc(command: string, request: unknown): Promise<unknown> {
    await new Promise((done) => setTimeout(done, 20));
    if (scene === 'starting') await new Promise(() => undefined);
    if (scene === 'signed_out') throw new ApiError('unauthorized', 'signed out');
    const outside = lock.outside(command, request);
    if (outside) return outside;
    if (lock.locked() && command !== 'ui_ready') throw new ApiError('locked', 'locked');
    if (scene.includes('_') || scene === 'internal' || scene === 'unreachable') {
      throw new ApiError(scene as FaultCode, scene, null, crypto.randomUUID());
    }
    const handler = handlers[command as keyof Rpc] as ((request: unknown) => unknown) | undefined;
    if (!handler) throw new ApiError('unknown_command', command);
    return structuredClone(handler(request));
  }

  function subscribe(topic: string, from: number | null, sink: StreamSink): () => void {
    if (topic === 'app') {
      app = sink;
      const beat = setInterval(sink.onAlive.bind(sink), 1000);
      return () => {
        clearInterval(beat);
      };
    }
    const events = streams.get(topic) ?? [];
    let seq = from ?? events.length;
    const timer = setInterval(() => {
      const event = events[seq];
      if (event) sink.onItems([{ seq: seq++, event }]);
      else clearInterval(timer);
    }, 30);
    return () => {
      clearInterval(timer);
    };
  }

  return {
    kind: new URLSearchParams(location.search).has('window') ? 'window' : 'browser',
    silence: 5000,
    diagramPage: '/artifact/diagram.html',
    prepare: () => Promise.resolve(),
    rpc,
    subscribe,
    openLink: () => Promise.resolve(),
    copyText: () => Promise.resolve(),
    copyRich: () => Promise.resolve(),
    saveText: () => Promise.resolve(true),
    onFileDrop: () => () => undefined,
  };
}

function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const next: Record<string, unknown> = { ...(target as Record<string, unknown>) };
  for (const [key, value] of Object.entries(patch)) next[key] = merge(next[key], value);
  return next;
}
