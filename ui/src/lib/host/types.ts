// What the user interface may ask of the program that hosts it: a native window or a browser tab.
// Not a place for features: it grows only when both hosts can answer, or one can refuse by capability.
import type { ErrorCode } from '$lib/api/generated/ErrorCode';

/** A code of the program's table, or one that only this side knows. */
export type FaultCode = ErrorCode | 'unreachable';

/** A refusal, as it came over the wire. `message` is for developers; people read a text chosen by `code`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: FaultCode,
    message: string,
    readonly details: unknown = null,
    readonly traceId: string | null = null,
  ) {
    super(message);
  }
}

/** An event with its number in its stream. */
export interface StreamItem {
  readonly seq: number;
  readonly event: unknown;
}

/** Where a host puts what a stream brings. */
export interface StreamSink {
  onItems(items: readonly StreamItem[]): void;
  /** Something arrived, if only a sign of life. */
  onAlive(): void;
  /** The connection ended; `null` where it ended without an error. */
  onClosed(error: ApiError | null): void;
}

/** Files over the window. A browser knows no paths; a window reads no models, only their paths. */
export interface FileDrop {
  readonly phase: 'over' | 'leave' | 'drop';
  readonly paths: readonly string[];
  readonly names: readonly string[];
  readonly files: readonly File[];
}

export interface Host {
  readonly kind: 'window' | 'browser';
  /** The longest silence of a healthy stream, in milliseconds. */
  readonly silence: number;
  /** The page that draws diagrams, shown in a frame without an origin. */
  readonly diagramPage: string;
  /** Runs once before the first command; exchanges the one-time token of a browser. */
  prepare(): Promise<void>;
  /** Runs a command. Rejects with {@link ApiError} only. */
  rpc(command: string, request: unknown): Promise<unknown>;
  /** Opens one connection to a stream, from a number or from now on; the returned function closes it. */
  subscribe(topic: string, from: number | null, sink: StreamSink): () => void;
  /** Opens an address outside. Call only after the person saw the whole address and agreed. */
  openLink(url: string): Promise<void>;
  copyText(text: string): Promise<void>;
  /** Copies text in two forms; what takes it chooses. `html` is made by us, never by a model. */
  copyRich(html: string, text: string): Promise<void>;
  /** Saves text where the person chooses; `false` where they chose nothing. */
  saveText(name: string, text: string): Promise<boolean>;
  onFileDrop(handler: (drop: FileDrop) => void): () => void;
}
