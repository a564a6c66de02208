// Folders, the archive, steps over many conversations and the search of the mock host.
import type { Conversation, Folder, Piece, Rpc, SearchHit } from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';
import type { World } from './data';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const DAY = 86_400_000;
const LONG = 'The neighbours, the stairwell and the bicycles that have stood there since spring. ';

/** Adds what the scenes `finding`, `many` and `pages` show to the world. */
function furnish(world: World, scene: string): Folder[] {
  const created = Date.now() - 40 * DAY;
  if (scene === 'many') world.conversations = made(5000, world.conversations[0]);
  if (scene === 'pages') world.conversations = made(130, world.conversations[0]);
  if (scene !== 'finding') return [];
  const folders = ['Tenancy', 'Household', 'مراسلات'].map((name, at) => ({
    id: `00000000-0000-4000-8000-f0000000000${String(at)}`,
    name,
    created,
  }));
  world.conversations = world.conversations.map((one, at) => ({
    ...one,
    folder: at === 5 || at === 2 ? folders[0]!.id : at === 4 ? folders[1]!.id : null,
    title: at === 8 ? LONG.repeat(3).slice(0, 200) : one.title,
    archived: at === 9,
  }));
  return folders;
}

function made(count: number, first: Conversation | undefined): Conversation[] {
  const words = ['Letter', 'Recipe', 'Invoice', 'Regex', 'Meeting', 'Holiday', 'Contract', 'Poem'];
  const now = Date.now();
  return Array.from({ length: first ? count : 0 }, (_, at) => ({
    ...first!,
    id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    title: `${words[at % words.length]!} ${String(at)}`,
    pinned: at === 3,
    updated: now - at * 3_600_000,
  }));
}

const has = (text: string, words: string) => text.toLowerCase().includes(words.toLowerCase());

/** A text in pieces, those that were looked for marked. */
export function pieces(text: string, words: string): Piece[] {
  const found: Piece[] = [];
  let rest = text;
  for (let at = place(rest, words); at >= 0; at = place(rest, words)) {
    if (at > 0) found.push({ text: rest.slice(0, at), hit: false });
    found.push({ text: rest.slice(at, at + words.length), hit: true });
    rest = rest.slice(at + words.length);
  }
  if (rest !== '') found.push({ text: rest, hit: false });
  return found;
}

const place = (text: string, words: string) => text.toLowerCase().indexOf(words.toLowerCase());

function around(text: string, words: string): string {
  const at = Math.max(0, place(text, words) - 60);
  return `${at > 0 ? '…' : ''}${text.slice(at, at + 200)}`;
}

function hitsIn(world: World, words: string): SearchHit[] {
  return world.conversations.flatMap((one): SearchHit[] => {
    const base = {
      conversation: one.id,
      title: pieces(one.title, words),
      archived: one.archived,
    };
    const texts = world.messages.filter(
      (message) => message.conversation === one.id && has(message.content, words),
    );
    const inside = texts.map((message): SearchHit => ({
      ...base,
      message: message.id,
      role: message.role,
      pieces: pieces(around(message.content, words), words),
      when: message.created,
    }));
    const title: SearchHit = { ...base, message: null, role: null, pieces: [], when: one.updated };
    return has(one.title, words) ? [title, ...inside] : inside;
  });
}

export function findingFor(world: World, scene: string): Handlers {
  let folders = furnish(world, scene);
  const change = (ids: readonly string[], values: Partial<Conversation>) => {
    const wanted = new Set(ids);
    world.conversations = world.conversations.map((one) =>
      wanted.has(one.id) ? { ...one, ...values } : one,
    );
  };
  const folder = (id: string) => {
    const found = folders.find((one) => one.id === id);
    if (!found) throw new ApiError('conversation_not_found', 'gone');
    return found;
  };
  return {
    conversation_list: ({
      query = '',
      folder: inside,
      archived,
      before = Infinity,
      limit = 100,
    }) => {
      const all = world.conversations
        .filter((one) => has(one.title, query) && one.archived === archived)
        .filter((one) => inside === undefined || one.folder === inside)
        .sort((one, other) => other.updated - one.updated);
      const pinned = before === Infinity ? all.filter((one) => one.pinned) : [];
      const loose = all.filter((one) => !one.pinned && one.updated < before);
      const items = [...pinned, ...loose.slice(0, limit)];
      return { items, next: loose.length > limit ? loose[limit - 1]!.updated : null };
    },
    conversation_batch: ({ ids, change: what }) => {
      if (what.type === 'pin') change(ids, { pinned: what.pinned });
      if (what.type === 'archive') change(ids, { archived: what.archived });
      if (what.type === 'move') change(ids, { folder: what.folder });
      const gone = new Set(ids);
      if (what.type === 'delete') {
        world.deleted.push(...world.conversations.filter((one) => gone.has(one.id)));
        world.conversations = world.conversations.filter((one) => !gone.has(one.id));
      }
      if (what.type === 'restore') {
        world.conversations.unshift(...world.deleted.filter((one) => gone.has(one.id)));
        world.deleted = world.deleted.filter((one) => !gone.has(one.id));
      }
      return {};
    },
    folder_list: () => folders,
    folder_create: ({ name }) => {
      const made = { id: crypto.randomUUID(), name, created: Date.now() };
      folders = [...folders, made];
      return made;
    },
    folder_rename: ({ id, name }) => {
      const next = { ...folder(id), name };
      folders = folders.map((one) => (one.id === id ? next : one));
      return next;
    },
    folder_delete: ({ id }) => {
      folders = folders.filter((one) => one.id !== id);
      change(
        world.conversations.filter((one) => one.folder === id).map((one) => one.id),
        { folder: null },
      );
      return {};
    },
    search: ({ query, offset = 0, limit = 30 }) => {
      if (query === 'fail') throw new ApiError('internal', 'made up');
      const hits = hitsIn(world, query);
      return { hits: hits.slice(offset, offset + limit), more: hits.length > offset + limit };
    },
  };
}
