// The mock host's personas, and what it answers about where the data is, exports and imports.
import type { DataReport, Persona, Rpc } from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';
import { NO_SAMPLING, type World } from './data';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const DAY = 86_400_000;

const persona = (n: number, values: Partial<Persona>): Persona => ({
  id: `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`,
  name: '',
  icon: '',
  instructions: '',
  model: null,
  sampling: NO_SAMPLING,
  preset: null,
  created: Date.now() - 30 * DAY,
  updated: Date.now() - 30 * DAY,
  ...values,
});

export const PERSONAS: readonly Persona[] = [
  persona(1, {
    name: 'General',
    icon: 'message-circle',
    preset: 'general',
    instructions: 'Answer briefly and plainly. Say so when you are not sure.',
  }),
  persona(2, {
    name: 'Writing',
    icon: 'feather',
    preset: 'writing',
    instructions:
      'You help with letters and texts. Keep the voice of the writer. Offer one version, not three.',
    sampling: { ...NO_SAMPLING, temperature: 0.9 },
  }),
  persona(3, { name: 'Code', icon: 'code-xml', preset: 'code' }),
  persona(4, { name: 'Summarise', icon: 'list-collapse', preset: 'summarise' }),
  persona(5, { name: 'Translate', icon: 'languages', preset: 'translate' }),
  persona(6, {
    name: 'Tenancy law, the letters of the practice and what the court said in the last ten years',
    icon: 'scale',
    instructions: 'You know German tenancy law.',
  }),
];

export function holdingsFor(world: World, scene: string): Handlers {
  let personas = scene === 'no_personas' ? [] : [...PERSONAS];
  let made = 100;
  let deleted = 3;
  let backups = 12_400_000;
  let log = 81_000;

  const find = (id: string) => {
    const found = personas.find((one) => one.id === id);
    if (!found) throw new ApiError('persona_not_found', 'gone');
    return found;
  };

  const report = (): DataReport => ({
    places: [
      {
        kind: 'database',
        path: '/home/anna/.local/share/hearth/hearth.db',
        bytes: world.conversations.length > 0 ? 4_300_000 : 220_000,
      },
      { kind: 'backups', path: '/home/anna/.local/share/hearth/backups', bytes: backups },
      { kind: 'request_log', path: '/home/anna/.local/share/hearth/logs', bytes: log },
      { kind: 'models', path: '/home/anna/.local/share/hearth/models', bytes: 5_030_000_000 },
      { kind: 'bundled_models', path: '/usr/lib/hearth/models', bytes: 98_000_000 },
    ],
    key: 'keyring',
    conversations: world.conversations.length,
    deleted,
  });

  return {
    persona_list: () => personas,
    persona_create: (draft) => {
      const added = persona(++made, draft);
      personas = [...personas, added];
      return added;
    },
    persona_update: ({ id, draft }) => {
      const next = { ...find(id), ...draft, preset: null, updated: Date.now() };
      personas = personas.map((one) => (one.id === id ? next : one));
      return next;
    },
    persona_delete: ({ id }) => {
      find(id);
      personas = personas.filter((one) => one.id !== id);
      return {};
    },
    conversation_configure: ({ id, config }) => {
      const next = { ...world.conversations.find((one) => one.id === id)!, ...config };
      world.conversations = world.conversations.map((one) => (one.id === id ? next : one));
      return next;
    },
    conversation_export: ({ conversations, format }) => ({
      name: format === 'json' ? 'hearth.json' : 'hearth.md',
      text: '',
      conversations: conversations?.length ?? world.conversations.length,
    }),
    conversation_import: () => ({
      format: 'chatgpt',
      conversations: 41,
      messages: 1204,
      skipped: [
        { reason: 'already_here', count: 3 },
        { reason: 'not_text', count: 17 },
        { reason: 'tool', count: 1 },
      ],
    }),
    conversation_import_pick: () => ({
      format: 'claude',
      conversations: 12,
      messages: 318,
      skipped: [{ reason: 'empty', count: 2 }],
    }),
    data_report: report,
    data_delete: ({ part }) => {
      if (part === 'deleted' || part === 'conversations') deleted = 0;
      if (part === 'backups') backups = 0;
      if (part === 'request_log') log = 0;
      if (part === 'conversations') world.conversations = [];
      return report();
    },
  };
}
