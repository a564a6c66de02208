// What the detectors were measured to find on the labelled development sets (docs/performance.md):
// shown beside their switches, so that nobody has to believe them.
import { formatPercent } from '$lib/i18n/format';
import { t } from '$lib/i18n/index.svelte';

/** Shares of 1. */
const MEASURED = {
  injection: { recall: 0.848, wrong: 0.0101, fitted: false },
  pii: { recall: 1, wrong: 0, fitted: true },
  secrets: { recall: 1, wrong: 0.0033, fitted: true },
  toxicity: { f1: '0.73', wrong: 0.0975, fitted: false },
} as const;

export type Measured = keyof typeof MEASURED;

/** What is looked for, and how well it is found. */
export function noteOf(kind: Measured): string {
  const { wrong, fitted, ...found } = MEASURED[kind];
  const share = formatPercent(wrong, 1);
  const figure =
    'f1' in found
      ? t('guard.set.figure.f1', { f1: found.f1, wrong: share })
      : t('guard.set.figure.recall', { recall: formatPercent(found.recall, 1), wrong: share });
  const rest = fitted ? [t('guard.set.figure.fitted')] : [];
  return [t(`guard.set.${kind}`), figure, ...rest].join(' ');
}
