// The made-up host of the main window's tests, with what only the quick chat asks.
import type { Rpc } from '../../src/lib/api';
import { ApiError, type FaultCode, type Host } from '../../src/lib/host';
import { world, type World } from '../mock/data';
import { mockHost } from '../mock/host';

export interface Kept {
  text: string;
  attachments: { id: string; name: string; bytes: number; lines: number; pages: number }[];
  conversation: string | null;
  persona: string | null;
}

export interface QuickWorld {
  readonly world: World;
  readonly host: Host;
  /** What the program keeps of the quick chat. */
  kept: Kept;
  /** What was copied and selected in other programs. */
  clipboard: string | null;
  selection: string | null;
  /** Refuses a command with a code. */
  refuse: Partial<Record<keyof Rpc, FaultCode>>;
  /** The requests of a command so far. */
  asked<K extends keyof Rpc>(command: K): Rpc[K][0][];
}

export interface Wish {
  readonly theme?: string;
  readonly language?: string | null;
  readonly engine?: string;
  readonly kept?: Partial<Kept>;
}

export function quickWorld({ theme = 'system', language = 'en', engine, kept }: Wish): QuickWorld {
  const made = world({ scene: 'chat', theme, language, engine: engine ?? 'ready' });
  made.status = { ...made.status, capabilities: [...made.status.capabilities, 'take_text'] };
  const inner = mockHost(made, 'chat');
  const calls: { command: string; request: unknown }[] = [];
  const empty = { text: '', attachments: [], conversation: null, persona: null };
  const quick: QuickWorld = {
    world: made,
    host: { ...inner, kind: 'window', rpc },
    kept: { ...empty, ...kept },
    clipboard: 'The committee will meet on Thursday at nine.',
    selection: null,
    refuse: {},
    asked: <K extends keyof Rpc>(command: K) =>
      calls.filter((call) => call.command === command).map((call) => call.request as Rpc[K][0]),
  };

  async function rpc(command: string, request: unknown): Promise<unknown> {
    calls.push({ command, request });
    const code = quick.refuse[command as keyof Rpc];
    if (code !== undefined) throw new ApiError(code, code);
    switch (command) {
      case 'quick_get':
        return structuredClone(quick.kept);
      case 'quick_save': {
        const change = request as Rpc['quick_save'][0];
        const attachments = change.attachments.map((id) => ({
          id,
          name: id,
          bytes: 1,
          lines: 1,
          pages: 0,
        }));
        quick.kept = { ...change, attachments };
        return {};
      }
      case 'text_take': {
        const { source } = request as Rpc['text_take'][0];
        const text = source === 'clipboard' ? quick.clipboard : quick.selection;
        return { text, cut: false };
      }
      case 'quick_hide':
      case 'quick_resize':
      case 'quick_pin':
      case 'quick_move':
        return {};
      default:
        return inner.rpc(command, request);
    }
  }
  return quick;
}
