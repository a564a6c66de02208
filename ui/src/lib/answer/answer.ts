// What the events of one answer make of it, for the eye. Pure: events in, state out. The stream
// below it numbers, drops doubles and resumes; here a lost stretch is only marked.
import type {
  ChatEvent,
  FinishReason,
  Message,
  MessageSources,
  Notice,
  Timing,
  Usage,
} from '$lib/api';
import type { FaultCode } from '$lib/host';

export type Phase =
  /** Not yet accepted by the program. */
  | { readonly name: 'sending' }
  | { readonly name: 'waiting' }
  | { readonly name: 'loading'; readonly progress: number }
  | { readonly name: 'queued'; readonly ahead: number }
  | { readonly name: 'searching' }
  /** What was attached is made searchable first. */
  | { readonly name: 'indexing' }
  | { readonly name: 'parts'; readonly done: number; readonly total: number }
  | { readonly name: 'reading'; readonly done: number; readonly total: number }
  | { readonly name: 'thinking' }
  | { readonly name: 'writing' }
  | { readonly name: 'ended' };

export type End =
  | {
      readonly kind: 'finished';
      readonly reason: FinishReason;
      readonly status: Message['status'];
      readonly usage: Usage;
      readonly timing: Timing;
    }
  | {
      readonly kind: 'failed';
      readonly code: FaultCode;
      readonly traceId: string | null;
      readonly saved: boolean;
    };

export interface AnswerState {
  readonly phase: Phase;
  readonly text: string;
  readonly reasoning: string;
  readonly notices: readonly Notice[];
  /** What it rests on, where documents were asked. */
  readonly sources: MessageSources | null;
  readonly end: End | null;
  /** Events are missing: the text on disk is the right one. */
  readonly lossy: boolean;
}

export const NEW_ANSWER: AnswerState = {
  phase: { name: 'sending' },
  text: '',
  reasoning: '',
  notices: [],
  sources: null,
  end: null,
  lossy: false,
};

/** The state after some events, in order. */
export function foldEvents(state: AnswerState, events: readonly ChatEvent[]): AnswerState {
  return events.reduce(step, state);
}

function step(state: AnswerState, event: ChatEvent): AnswerState {
  // Nothing comes after the end; what does is an echo.
  if (state.end) return state;
  switch (event.type) {
    case 'started':
      return before(state, { name: 'waiting' });
    case 'loading':
      return before(state, { name: 'loading', progress: share(event.progress) });
    case 'queued':
      return before(state, { name: 'queued', ahead: event.ahead });
    case 'prompt_progress':
      return before(state, { name: 'reading', done: event.done, total: event.total });
    case 'searching':
      return before(state, { name: event.indexing ? 'indexing' : 'searching' });
    case 'reading_parts':
      return before(state, { name: 'parts', done: event.done, total: event.total });
    case 'delta':
      return grown(state, event.text, event.reasoning);
    case 'rewritten': {
      // What was said so far were thoughts: this is all there is now.
      const { text, reasoning } = event;
      return { ...state, text, reasoning, phase: { name: text === '' ? 'thinking' : 'writing' } };
    }
    case 'sources':
      return { ...state, sources: event.sources };
    case 'notice':
      return { ...state, notices: noticed(state.notices, event.notice) };
    case 'finished': {
      const { reason, status, usage, timing } = event;
      return ended(state, { kind: 'finished', reason, status, usage, timing });
    }
    case 'failed': {
      const { code, trace_id: traceId, saved } = event;
      return ended(state, { kind: 'failed', code, traceId, saved });
    }
    default:
      // A newer program may say more than this side knows.
      return state;
  }
}

/** A phase before the first word; once there are words it is not gone back to. */
function before(state: AnswerState, phase: Phase): AnswerState {
  return state.text === '' && state.reasoning === '' ? { ...state, phase } : state;
}

function grown(state: AnswerState, text: string, reasoning: string): AnswerState {
  if (text === '' && reasoning === '') return state;
  const whole = state.text + text;
  return {
    ...state,
    text: whole,
    reasoning: state.reasoning + reasoning,
    phase: { name: whole === '' ? 'thinking' : 'writing' },
  };
}

/** Each kind of notice once; a newer one of a kind replaces the older. */
function noticed(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  return [...notices.filter((old) => old.code !== notice.code), notice];
}

function ended(state: AnswerState, end: End): AnswerState {
  return { ...state, phase: { name: 'ended' }, end };
}

function share(progress: number): number {
  return Number.isFinite(progress) ? Math.min(1, Math.max(0, progress)) : 0;
}

/** More of a text than this is not compared. */
const OVERLAP = 65_536;

/**
 * What stands before the text of a stream, where the message held `before` when it was opened. A
 * stream tells its answer from the first word, or, where an answer is continued, only what is new:
 * that then begins somewhere in `before`, or after it. `null` while it cannot be told.
 */
export function prefixOf(before: string, streamed: string): string | null {
  if (streamed.startsWith(before)) return '';
  if (before.startsWith(streamed)) return null;
  for (let size = Math.min(before.length, streamed.length, OVERLAP); size > 0; size -= 1) {
    if (before.endsWith(streamed.slice(0, size))) return before.slice(0, before.length - size);
  }
  return before;
}

/** Words of a text, for the ear. */
export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}
