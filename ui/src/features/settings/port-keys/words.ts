// What a key may do and did, in words.
import type { Folder, FolderId, PortKey, PortRights } from '$lib/api';
import { formatDay, formatWhen } from '$lib/i18n/format';
import { t } from '$lib/i18n/index.svelte';

export function scopeWords({ scopes }: PortRights): readonly string[] {
  return scopes.map((scope) => t(`portKeys.scope.${scope}`));
}

/** The folder that it is held to; that can be deleted since, or not be known yet. */
function folderWords(id: FolderId, folders: readonly Folder[] | undefined): string {
  if (!folders) return t('portKeys.folderOne');
  const folder = folders.find((one) => one.id === id);
  return folder ? t('portKeys.inFolder', { name: folder.name }) : t('portKeys.folderGone');
}

/** What holds it back, where something does. */
export function boundWords(
  rights: PortRights,
  folders: readonly Folder[] | undefined,
): readonly string[] {
  const counted = [
    ['portKeys.models', rights.models?.length],
    ['portKeys.collections', rights.collections?.length],
    ['portKeys.requestsMinute', rights.requests_per_minute],
    ['portKeys.tokensMinute', rights.tokens_per_minute],
    ['portKeys.tokensDay', rights.tokens_per_day],
  ] as const;
  const words = counted.flatMap(([key, count]) =>
    count === null || count === undefined ? [] : [t(key, { count })],
  );
  const folder = rights.folder === null ? [] : [folderWords(rights.folder, folders)];
  if (rights.profile === null) return [...folder, ...words];
  const profile = t(`guard.profile.${rights.profile}`);
  return [...folder, ...words, t('portKeys.guard', { profile })];
}

export function isOver({ expires }: PortRights, now: number): boolean {
  return expires !== null && expires <= now;
}

/** Until when it is good; nothing where that is for ever. */
export function endWords(rights: PortRights, now: number): string | null {
  if (rights.expires === null) return null;
  const date = formatDay(rights.expires);
  return t(isOver(rights, now) ? 'portKeys.ended' : 'portKeys.until', { date });
}

/** When it was used and how much. */
export function useWords({ last_used, used }: PortKey, now: number): readonly string[] {
  if (last_used === null) return [t('portKeys.unused')];
  return [
    t('portKeys.used', { when: formatWhen(last_used, now) }),
    t('portKeys.requests', { count: used.requests }),
    t('model.tokens', { count: used.prompt_tokens + used.completion_tokens }),
  ];
}
