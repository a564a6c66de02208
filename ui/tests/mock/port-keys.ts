// The keys of the port of the mock host: one that is limited and ends, one that is over, a plain one.
import type { PortKey, PortKeyDraft, PortRights, Rpc } from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const MINUTE = 60_000;
const DAY = 86_400_000;

export const USUAL_RIGHTS: PortRights = {
  scopes: ['chat', 'embeddings'],
  models: null,
  collections: null,
  folder: null,
  requests_per_minute: null,
  tokens_per_minute: null,
  tokens_per_day: null,
  expires: null,
  profile: null,
};

/** The end of a day that is so far away. */
function endIn(days: number): number {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days + 1).getTime() - 1;
}

function key(at: number, name: string, values: Partial<PortKey>): PortKey {
  return {
    id: `00000000-0000-4000-8000-0000000000e${String(at)}`,
    name,
    rights: USUAL_RIGHTS,
    hint: 'x7Qa',
    created: Date.now() - 90 * DAY,
    last_used: null,
    used: { requests: 0, prompt_tokens: 0, completion_tokens: 0 },
    ...values,
  };
}

function samples(): PortKey[] {
  return [
    key(1, 'Editor', {
      last_used: Date.now() - 4 * MINUTE,
      used: { requests: 1_204, prompt_tokens: 812_330, completion_tokens: 96_412 },
    }),
    key(2, 'Search of the practice', {
      hint: 'f3-K',
      last_used: Date.now() - 3 * DAY,
      used: { requests: 48, prompt_tokens: 20_118, completion_tokens: 4_770 },
      rights: {
        ...USUAL_RIGHTS,
        scopes: ['chat', 'embeddings', 'documents'],
        models: ['smollm2-135m-instruct-q4_1', 'all-minilm-l6-v2'],
        collections: ['00000000-0000-4000-8000-0000000000c1'],
        requests_per_minute: 60,
        tokens_per_day: 100_000,
        expires: endIn(120),
        profile: 'strict',
      },
    }),
    key(3, 'Trial', { rights: { ...USUAL_RIGHTS, scopes: ['chat'], expires: endIn(-9) } }),
  ];
}

export function portKeysFor(): Handlers {
  let keys = samples();
  let made = 0;

  const find = (id: string) => {
    const found = keys.find((one) => one.id === id);
    if (!found) throw new ApiError('port_key_not_found', 'gone');
    return found;
  };
  const sorted = () => keys.toSorted((a, b) => (a.name < b.name ? -1 : 1));

  /** As the program does. */
  function check(
    { name, rights }: PortKeyDraft,
    own: string | null,
  ): Pick<PortKey, 'name' | 'rights'> {
    if (keys.some((one) => one.name === name && one.id !== own)) {
      throw new ApiError('name_taken', 'taken');
    }
    const wanted = rights ?? USUAL_RIGHTS;
    const walled = [wanted.models, wanted.collections, wanted.folder].some((one) => one !== null);
    if (wanted.scopes.length === 0 || (wanted.scopes.includes('admin') && walled)) {
      throw new ApiError('invalid_request', 'scopes');
    }
    return { name, rights: wanted };
  }

  return {
    port_key_list: sorted,
    port_key_days: ({ id }) => {
      const { used } = find(id);
      return [{ day: Math.floor(Date.now() / DAY), ...used }];
    },
    port_key_use_export: ({ json }) => ({
      name: json ? 'hearth-keys.json' : 'hearth-keys.csv',
      text: 'day,key\r\n',
      conversations: 0,
    }),
    port_key_make: (draft) => {
      const said = check(draft, null);
      made += 1;
      const fresh = key(3 + made, said.name, { ...said, hint: 'vN2w', created: Date.now() });
      keys.push(fresh);
      return { key: fresh, secret: 'hearth-9kq2XvT7nLw0JrY4dMf8sPz1AuE6g5bC9kq2XvvN2w' };
    },
    port_key_update: ({ id, draft }) => {
      const changed = { ...find(id), ...check(draft, id) };
      keys = keys.map((one) => (one.id === id ? changed : one));
      return changed;
    },
    port_key_revoke: ({ id }) => {
      find(id);
      keys = keys.filter((one) => one.id !== id);
      return {};
    },
  };
}
