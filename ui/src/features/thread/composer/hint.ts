// The one sentence below the text: what hinders, what is at risk, what a key would do.
import type { ContextUse } from '$lib/api';
import { formatPercent } from '$lib/i18n/format';
import { t } from '$lib/i18n/index.svelte';
import { fullnessOf, shareOf } from './context-gauge.svelte';
import type { Refusal } from './question';

export interface Hint {
  readonly tone: 'plain' | 'warn' | 'danger';
  readonly text: string;
}

export interface Circumstances {
  readonly refusal: Refusal | null;
  readonly arriving: number;
  readonly failedFiles: number;
  readonly unkept: boolean;
  readonly filling: boolean;
  /** An answer is being written, or its question is on its way. */
  readonly waiting: boolean;
  readonly written: boolean;
  readonly use: ContextUse | null;
}

/** What is said, or `null` where there is nothing to say; what hinders comes first. */
export function hintFor(now: Circumstances): Hint | null {
  if (now.refusal === 'too_large') return { tone: 'danger', text: t('composer.tooLarge') };
  if (now.failedFiles > 0) {
    return { tone: 'danger', text: t('writing.file.stayed', { count: now.failedFiles }) };
  }
  if (now.arriving > 0) return { tone: 'plain', text: t('writing.file.wait') };
  if (now.unkept) return { tone: 'warn', text: t('writing.unkept') };
  if (now.filling) return { tone: 'plain', text: t('writing.fill') };
  return contextHint(now) ?? queueHint(now);
}

function contextHint({ use }: Circumstances): Hint | null {
  if (!use) return null;
  switch (fullnessOf(use)) {
    case 'over':
      return use.omitted.messages > 0
        ? { tone: 'warn', text: t('writing.context.leftOut', { count: use.omitted.messages }) }
        : { tone: 'warn', text: t('writing.context.over') };
    case 'nearly':
      return {
        tone: 'warn',
        text: t('writing.context.full', { percent: formatPercent(shareOf(use)) }),
      };
    case 'roomy':
      return null;
  }
}

function queueHint({ waiting, written }: Circumstances): Hint | null {
  return waiting && written ? { tone: 'plain', text: t('writing.queue.hint') } : null;
}
