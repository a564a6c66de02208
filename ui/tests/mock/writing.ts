// What is written before it is sent, for the mock host: drafts, files, prompts, the context.
import type {
  AskedOf,
  Attachment,
  AttachmentText,
  ContextUse,
  Draft,
  Prompt,
  PromptDraft,
  Request,
} from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';

type Key = string | null;

export const PROMPTS: readonly Prompt[] = [
  {
    id: 'prompt-1',
    name: 'letter',
    text: 'Write a {{tone}} letter to {{to}} about {{subject}}. Sign it as Anna.',
    updated: 0,
  },
  {
    id: 'prompt-2',
    name: 'shorter',
    text: 'Say this in half as many words and keep every fact:\n\n{{text}}',
    updated: 0,
  },
  { id: 'prompt-3', name: 'translate', text: 'Translate into {{language}}:\n\n', updated: 0 },
];

/** Asked of no documents. */
export const NOTHING: AskedOf = { collections: [], parts: [], everything: false };
export const EMPTY_DRAFT: Draft = { text: '', attachments: [], queue: [] };

/** Keeps what it is told, as the program does. */
export class WrittenStore {
  readonly drafts = new Map<Key, Draft>();
  readonly texts = new Map<string, AttachmentText>();
  prompts: Prompt[] = [...PROMPTS];
  history = ['What is a heat pump?', 'Give me three titles for a talk\nabout calm software.'];
  /** Tokens that the conversation takes before the question. */
  history_tokens = 2_140;

  readonly handlers = {
    draft_get: ({ conversation }: Request<'draft_get'>): Draft =>
      this.drafts.get(conversation) ?? EMPTY_DRAFT,
    draft_save: ({ conversation, text, attachments, queue }: Request<'draft_save'>) => {
      const files = (ids: readonly string[]) => ids.map((id) => this.attachment(id));
      this.drafts.set(conversation, {
        text,
        attachments: files(attachments),
        queue: queue.map((one) => ({ of: NOTHING, ...one, attachments: files(one.attachments) })),
      });
      return {};
    },
    attachment_add: ({ name, text }: Request<'attachment_add'>) => this.add(name, text),
    attachment_read: ({ name, password }: Request<'attachment_read'>): Attachment => {
      if (name.includes('locked') && password !== 'sesame') {
        throw new ApiError('document_password', 'locked');
      }
      if (name.includes('scan')) throw new ApiError('document_no_text', 'pictures');
      return this.add(name, 'A line of the contract.\n'.repeat(2_000), 12);
    },
    attachment_get: ({ id }: Request<'attachment_get'>): AttachmentText => {
      const found = this.texts.get(id);
      if (!found) throw new ApiError('message_not_found', 'gone');
      return found;
    },
    input_history: () => this.history,
    prompt_list: () => this.prompts,
    prompt_create: (draft: PromptDraft): Prompt => {
      const made = { ...draft, id: crypto.randomUUID(), updated: Date.now() };
      this.prompts = sorted([...this.prompts, made]);
      return made;
    },
    prompt_update: ({ id, draft }: Request<'prompt_update'>): Prompt => {
      const changed = { ...draft, id, updated: Date.now() };
      this.prompts = sorted(this.prompts.map((one) => (one.id === id ? changed : one)));
      return changed;
    },
    prompt_delete: ({ id }: Request<'prompt_delete'>) => {
      this.prompts = this.prompts.filter((one) => one.id !== id);
      return {};
    },
    context_measure: ({ text, attachments }: Request<'context_measure'>): ContextUse => {
      const documents = attachments.reduce(
        (sum, id) => sum + Math.ceil(this.attachment(id).bytes / 4),
        0,
      );
      const question = Math.ceil(text.length / 4);
      const over = 96 + this.history_tokens + documents + question - 8_192;
      const omitted = { messages: over > 0 ? 4 : 0, tokens: Math.max(0, over) };
      return {
        size: 8_192,
        instructions: 96,
        history: this.history_tokens - Math.min(this.history_tokens, omitted.tokens),
        documents,
        searched: attachments.filter((id) => this.attachment(id).bytes > 24_000).length,
        question,
        omitted,
      };
    },
  };

  add(name: string, text: string, pages = 0): Attachment {
    const attachment = {
      id: crypto.randomUUID(),
      name,
      bytes: new TextEncoder().encode(text).length,
      lines: text.split('\n').length,
      pages,
    };
    this.texts.set(attachment.id, { attachment, text });
    return attachment;
  }

  attachment(id: string): Attachment {
    const found = this.texts.get(id);
    if (!found) throw new ApiError('message_not_found', 'gone');
    return found.attachment;
  }
}

/** The scenes of the composer, by name. */
export function writtenFor(scene: string, conversation: string): WrittenStore {
  const store = new WrittenStore();
  if (scene === 'composer') {
    store.drafts.set(conversation, {
      text: 'Compare these two drafts of the contract and list what changed for the tenant.',
      attachments: [
        store.add('contract-2025.md', 'A line of the contract.\n'.repeat(220)),
        store.add('contract-2026-with-a-very-long-name-that-goes-on.md', 'Another.\n'.repeat(900)),
      ],
      queue: [
        {
          client_id: '5f0c4a52-8d53-4a68-9d5e-0d7c7f0b1a01',
          text: 'And what does that mean for a tenant who moved in before 2020?',
          attachments: [],
          of: NOTHING,
        },
        {
          client_id: '5f0c4a52-8d53-4a68-9d5e-0d7c7f0b1a02',
          text: 'Write me a short letter to the landlord about the points above, friendly but firm, and keep the list of paragraphs in it.',
          attachments: [store.add('landlord.txt', 'Mr Example\n')],
          of: NOTHING,
        },
      ],
    });
  }
  if (scene === 'full') store.history_tokens = 7_400;
  if (scene === 'overfull') store.history_tokens = 9_400;
  return store;
}

function sorted(prompts: Prompt[]): Prompt[] {
  return prompts.toSorted((a, b) => a.name.localeCompare(b.name));
}
