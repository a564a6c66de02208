// The composer with a thread that the test plays, and files as the browser gives them.
import { Blob as NodeBlob } from 'node:buffer';
import type { AskedOf, Attachment, ConversationId } from '../../src/lib/api';

export interface Sent {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly clientId: string | undefined;
  readonly of: AskedOf | undefined;
}

export function composerProps() {
  const state = $state({ running: false, failed: false, draftKey: null as ConversationId | null });
  const sent: Sent[] = [];
  return {
    sent,
    /** What the thread answers to the next question. */
    taken: true,
    edits: 0,
    get draftKey() {
      return state.draftKey;
    },
    set draftKey(key) {
      state.draftKey = key;
    },
    get running() {
      return state.running;
    },
    set running(running) {
      state.running = running;
    },
    get failed() {
      return state.failed;
    },
    set failed(failed) {
      state.failed = failed;
    },
    stopping: false,
    onsend(text: string, attachments: readonly Attachment[], clientId?: string, of?: AskedOf) {
      sent.push({ text, attachments, clientId, of });
      if (this.taken) state.running = true;
      return Promise.resolve(this.taken);
    },
    onstop: () => undefined,
    onpage: () => undefined,
    onedit(): boolean {
      this.edits += 1;
      return this.edits > 0;
    },
  };
}

/** jsdom's own files cannot be read. */
export function fileOf(name: string, content: string | Uint8Array): File {
  const blob = new NodeBlob([content]);
  return {
    name,
    size: blob.size,
    arrayBuffer: () => blob.arrayBuffer(),
  } as unknown as File;
}
