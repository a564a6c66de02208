// Choosing, loading and adding models, and the one question before a file from outside the
// catalogue is loaded. The engine's state comes by the `app` stream, not from here.
import type { FoundModel, Model, OpenedModel } from '$lib/api';
import { host, type FileDrop } from '$lib/host';
import { t } from '$lib/i18n/index.svelte';
import { act } from './query.svelte';
import { session } from './session.svelte';
import { notify, notifyError, notifyFault, toasts } from './toasts.svelte';

export type Fit = 'fits' | 'tight' | 'tooBig';

/** Whether a model of this need fits a computer with this much memory and this much of it free. */
export function fitOf(needed: number, total: number, available: number): Fit {
  if (needed <= available * 0.9) return 'fits';
  return needed <= total * 0.75 ? 'tight' : 'tooBig';
}

class Models {
  /** The model that waits for the person's consent. */
  asking = $state.raw<Model | null>(null);
  /** Files are over the window; their names, where the host knows them. */
  hovered = $state.raw<readonly string[] | null>(null);
  /** Takes dropped files that are no models, while something on the page wants them. */
  others: ((drop: FileDrop) => void) | null = null;
  /** Whether the model that waits for consent becomes the default one. */
  #asDefault = true;

  /** Makes a model the default one and loads it, after asking where that is needed. */
  async use(model: Model): Promise<void> {
    await this.#begin(model, true);
  }

  /** Loads a model, after asking where that is needed; the default one stays what it is. */
  async loadOnly(model: Model): Promise<void> {
    await this.#begin(model, false);
  }

  async #begin(model: Model, asDefault: boolean): Promise<void> {
    this.#asDefault = asDefault;
    if (model.consent === 'needed') {
      this.asking = model;
      return;
    }
    try {
      if (asDefault) await act('model_set_default', { id: model.id });
      await act('model_load', { id: model.id });
    } catch (cause) {
      notifyError(cause);
    }
  }

  async agree(): Promise<void> {
    const model = this.asking;
    if (!model) return;
    this.asking = null;
    try {
      await this.#begin(await act('model_consent', { id: model.id }), this.#asDefault);
    } catch (cause) {
      notifyError(cause);
    }
  }

  decline(): void {
    this.asking = null;
  }

  async load(): Promise<void> {
    await act('model_load', {}).catch(notifyError);
  }

  /** Unloads a model, or stops loading it; all of them unless one is named. */
  async unload(id?: string): Promise<void> {
    await act('model_unload', id === undefined ? {} : { id }).catch(notifyError);
  }

  async pick(): Promise<void> {
    try {
      this.#added(await act('model_pick', {}));
    } catch (cause) {
      notifyError(cause);
    }
  }

  /** Adds a file of another application. */
  async take(model: FoundModel): Promise<void> {
    try {
      const added = await act('model_take', { id: model.id });
      notify(t('model.added', { name: added.name }));
    } catch (cause) {
      notifyError(cause);
    }
  }

  async remove(model: Model, withFile = false): Promise<void> {
    try {
      await act('model_remove', { id: model.id, delete_file: withFile });
      notify(t(withFile ? 'models.deleted' : 'model.removed', { name: model.name }));
    } catch (cause) {
      notifyError(cause);
    }
  }

  /** Takes files that are dropped anywhere on the window. */
  watchDrops(): () => void {
    return host().onFileDrop((drop) => {
      this.hovered = drop.phase === 'over' ? drop.names : null;
      if (drop.phase === 'drop') void this.#dropped(drop);
    });
  }

  async #dropped(drop: FileDrop): Promise<void> {
    if (!drop.names.some(isModelFile)) {
      if (this.others) this.others(drop);
      else refuse(t('model.dropNotGguf'));
      return;
    }
    const path = drop.paths.find(isModelFile);
    if (path === undefined) {
      refuse(t('model.dropBrowser'));
      return;
    }
    try {
      this.#added(await act('model_add', { path }));
    } catch (cause) {
      notifyError(cause);
    }
  }

  /** A file that came from outside the page: the command line, the system's file manager. */
  opened(opened: OpenedModel): void {
    if (opened.outcome === 'added') this.#added(opened.model);
    else notifyFault(opened.code);
  }

  #added(model: Model | null): void {
    if (!model) return;
    notify(t('model.added', { name: model.name }));
    if (session.phase.name === 'ready') void this.use(model);
  }
}

export function isModelFile(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf');
}

function refuse(text: string): void {
  toasts.show({ kind: 'error', text, detail: null, action: null });
}

export const models = new Models();
