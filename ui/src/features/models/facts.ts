// What is said of a model, in the words of the page.
import type { Model, ModelOrigin } from '$lib/api';
import {
  formatBytes,
  formatCompact,
  formatDate,
  formatNumber,
  formatPercent,
} from '$lib/i18n/format';
import { t, type MessageKey } from '$lib/i18n/index.svelte';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

const FITS = { fits: 'fits', tight: 'tight', too_big: 'tooBig' } as const;

export function fitWords(fit: keyof typeof FITS): string {
  return t(`model.fit.${FITS[fit]}`);
}

export function originName(origin: ModelOrigin): string {
  return t(`models.origin.${origin}` as MessageKey);
}

/** The line under the name: kind, size, licence. */
export function brief(model: Model): string {
  if (!model.present) return t('model.missing');
  return (
    [
      model.quantisation,
      formatBytes(model.size),
      model.parameters === null
        ? ''
        : t('model.parameters', { count: formatCompact(model.parameters) }),
      model.licence ?? '',
    ]
      .filter((part) => part !== '')
      // Each keeps its own direction: letters and numbers of two scripts stand side by side.
      .map((part) => `\u2068${part}\u2069`)
      .join(' · ')
  );
}

export function facts(model: Model): Fact[] {
  const whose =
    model.origin === null ? [] : [{ label: t('models.owner'), value: originName(model.origin) }];
  return [
    { label: t('models.kind'), value: `${model.architecture} · ${model.quantisation}` },
    { label: t('models.size'), value: formatBytes(model.size) },
    {
      label: t('models.trained'),
      value: t('model.tokens', { count: model.context_length }),
    },
    { label: t('models.licence'), value: model.licence ?? t('consent.unknown') },
    ...whose,
    { label: t('models.trial'), value: t(`models.trial.${model.verdict.state}`) },
  ];
}

/** What was measured last; nothing where nothing was. */
export function speedFacts(model: Model): Fact[] {
  const { speed } = model;
  if (speed === null) return [];
  const rate = (value: number) => t('models.speedShort', { decode: formatNumber(value, 1) });
  const share =
    speed.share_of_bandwidth === null
      ? ''
      : ` · ${t('models.ofMemory', { share: formatPercent(speed.share_of_bandwidth) })}`;
  return [
    { label: t('models.writes'), value: `${rate(speed.decode_per_second)}${share}` },
    { label: t('models.reads'), value: rate(speed.prefill_per_second) },
    { label: t('models.threadsBest'), value: formatNumber(speed.threads) },
    { label: t('models.measured'), value: formatDate(speed.measured) },
  ];
}
