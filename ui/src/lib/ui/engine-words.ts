// The words for the engine's state.
import type { EngineState } from '$lib/api';
import { errorText } from '$lib/i18n/errors';
import { formatPercent } from '$lib/i18n/format';
import { t } from '$lib/i18n/index.svelte';

/** One or two words for the chip. */
export function stateWord(engine: EngineState): string {
  return engine.state === 'loading'
    ? t('model.state.loading', { percent: formatPercent(engine.progress) })
    : t(`model.state.${engine.state}`);
}

/** A sentence for the panel. */
export function stateSentence(engine: EngineState): string {
  switch (engine.state) {
    case 'failed':
      return errorText(engine.code).body;
    case 'busy': {
      const running = t('model.about.busy', { count: engine.running });
      return engine.queued > 0
        ? `${running} ${t('model.queued', { count: engine.queued })}`
        : running;
    }
    default:
      return t(`model.about.${engine.state}`);
  }
}
