// Hits of one conversation belong together, in the place of the best of them.
import type { Piece, SearchHit } from '$lib/api';

export interface HitGroup {
  readonly conversation: string;
  readonly title: readonly Piece[];
  readonly archived: boolean;
  readonly hits: readonly SearchHit[];
}

export function groupHits(hits: readonly SearchHit[]): readonly HitGroup[] {
  const groups = new Map<string, HitGroup & { hits: SearchHit[] }>();
  for (const hit of hits) {
    const group = groups.get(hit.conversation);
    if (group) group.hits.push(hit);
    else {
      const { conversation, title, archived } = hit;
      groups.set(conversation, { conversation, title, archived, hits: [hit] });
    }
  }
  return [...groups.values()];
}
