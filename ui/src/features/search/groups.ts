// Hits of one conversation belong together, in the place of the best of them.
import type { Piece, SearchHit } from '$lib/api';

export interface HitGroup {
  readonly conversation: string;
  readonly title: readonly Piece[];
  readonly archived: boolean;
  /** The title itself was found. */
  readonly titled: SearchHit | null;
  /** What was found in its messages. */
  readonly hits: readonly SearchHit[];
}

export function groupHits(hits: readonly SearchHit[]): readonly HitGroup[] {
  const groups = new Map<string, HitGroup & { titled: SearchHit | null; hits: SearchHit[] }>();
  for (const hit of hits) {
    const { conversation, title, archived } = hit;
    const group = groups.get(conversation) ?? {
      conversation,
      title,
      archived,
      titled: null,
      hits: [],
    };
    groups.set(conversation, group);
    if (hit.message === null) group.titled ??= hit;
    else group.hits.push(hit);
  }
  return [...groups.values()];
}
