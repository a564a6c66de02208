// Whether the program can be used, and if not, why. Opens the host, follows the `app` stream, keeps
// the engine, the settings and the cache up to date.
import {
  followApp,
  rpc,
  type AppEvent,
  type AppStatus,
  type Settings,
  type Subscription,
} from '$lib/api';
import { onSignedOut, chooseKeyFile, openLock, useRecoveryCode } from '$lib/api/client';
import { host, openHost, toApiError, type FaultCode, type Host } from '$lib/host';
import { setLanguage } from '$lib/i18n/index.svelte';
import { engine } from './engine.svelte';
import { mainWindow } from './main-window.svelte';
import {
  navigation,
  NATIVE_SECTIONS,
  SETTINGS_SECTIONS,
  type SettingsSection,
} from './navigation.svelte';
import { act, forgetAll, invalidate, invalidateAll, putAnswer } from './query.svelte';
import { applyAppearance } from './theme';

export type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'signed_out' }
  | { readonly name: 'refused'; readonly code: FaultCode; readonly traceId: string | null }
  | { readonly name: 'ready' };

class Session {
  phase = $state.raw<Phase>({ name: 'starting' });
  status = $state.raw<AppStatus | null>(null);
  settings = $state.raw<Settings | null>(null);
  /** The stream is down; what is shown may be old. */
  offline = $state(false);
  #stream: Subscription | null = null;
  #host: Host | undefined;

  /** Opens everything; safe to call again after a refusal. */
  async open(own?: Host): Promise<void> {
    this.#host = own ?? this.#host;
    this.phase = { name: 'starting' };
    try {
      await openHost(this.#host);
      onSignedOut(() => {
        this.#signOut();
      });
      forgetAll();
      // First the stream, then the state: what changes in between is told by the stream.
      this.#follow();
      await this.#read();
      await mainWindow.open();
      this.phase = { name: 'ready' };
    } catch (cause) {
      this.#refuse(cause);
    }
    // The window is shown once there is something to see, a refusal too.
    if (host().kind === 'window') rpc('ui_ready', {}).catch(() => undefined);
  }

  /** Whether a recovery code can be typed here: only in the window of this computer. */
  get recoverable(): boolean {
    return host().kind === 'window';
  }

  /** Opens the data with the recovery code; rejects where the code does not fit. */
  async recover(code: string): Promise<void> {
    await useRecoveryCode(code);
    await this.open();
  }

  /** Opens locked data; rejects where the passphrase is wrong, and the data stays locked. */
  async unlock(passphrase: string): Promise<void> {
    await openLock(passphrase);
    await this.open();
  }

  /** Makes the data with its key in a file, because the keyring does not take it. */
  async chooseKeyFile(): Promise<void> {
    try {
      await chooseKeyFile();
    } finally {
      await this.open();
    }
  }

  /** The page is in the program's own window, so what only a desktop has can be shown. */
  get native(): boolean {
    return host().kind === 'window' && this.can('window');
  }

  /** The sections of the settings that can be shown here. */
  get sections(): readonly SettingsSection[] {
    return SETTINGS_SECTIONS.filter((one) => this.native || !NATIVE_SECTIONS.includes(one));
  }

  can(capability: string): boolean {
    return this.status?.capabilities.includes(capability) ?? false;
  }

  /** Changes settings by a merge patch; the look follows at once. */
  async change(patch: unknown): Promise<void> {
    this.#take(await act('settings_update', { patch }));
    this.refresh().catch(() => undefined);
  }

  /** Notes that the recovery code is kept. */
  async acknowledgeRecovery(): Promise<void> {
    this.#take(await rpc('recovery_code_acknowledge', {}));
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const status = await rpc('app_status', {});
    if (this.status && status.process !== this.status.process) {
      forgetAll();
      this.#follow();
    }
    this.status = status;
    engine.take(status);
  }

  async #read(): Promise<void> {
    const [status, settings] = await Promise.all([rpc('app_status', {}), rpc('settings_get', {})]);
    this.status = status;
    engine.take(status);
    this.#take(settings);
    // The first view is drawn in its language at once.
    await setLanguage(settings.appearance.language);
  }

  #take(settings: Settings): void {
    this.settings = settings;
    putAnswer('settings_get', {}, settings);
    applyAppearance(settings.appearance);
    void setLanguage(settings.appearance.language);
  }

  #follow(): void {
    this.#stream?.close();
    this.#stream = followApp({
      onEvents: (events) => {
        for (const event of events) this.#on(event);
      },
      onGap: () => {
        invalidateAll();
      },
      onLost: () => {
        this.offline = true;
      },
      onReopen: () => {
        this.offline = false;
        invalidateAll();
        this.refresh().catch(() => undefined);
      },
      onEnd: (error) => {
        if (error && this.phase.name === 'ready') this.#refuse(error);
      },
    });
  }

  #on(event: AppEvent): void {
    switch (event.type) {
      case 'engine':
        this.#engineIs(event);
        break;
      case 'invalidated':
        this.#reread(event.tags);
        break;
      case 'generation_started':
        invalidate(['conversations', 'messages']);
        break;
      case 'show_conversation':
        navigation.open(event.conversation);
        break;
      case 'close_asked':
      case 'draft_offered':
      case 'leaving':
      case 'link_refused':
      case 'begin_asked':
      case 'model_opened':
      case 'settings_asked':
        mainWindow.take(event);
        break;
      case 'locked':
        this.#lock();
        break;
      case 'heartbeat':
        break;
    }
  }

  /** Loading and unloading change how much memory is free, and so what fits. */
  #engineIs(now: Extract<AppEvent, { type: 'engine' }>): void {
    const { state } = now.engine;
    const settled = (state === 'ready' || state === 'empty') && engine.state.state !== state;
    if (settled || engine.beside.length !== now.beside.length) {
      this.refresh().catch(() => undefined);
    }
    engine.take(now);
  }

  #reread(tags: readonly string[]): void {
    invalidate(tags);
    if (tags.includes('settings')) {
      rpc('settings_get', {}).then(this.#take.bind(this), () => undefined);
    }
    if (tags.includes('status') || tags.includes('server')) {
      this.refresh().catch(() => undefined);
    }
  }

  #signOut(): void {
    if (host().kind !== 'browser') return;
    this.#stream?.close();
    this.phase = { name: 'signed_out' };
  }

  /** Shows nothing of the data any more, and keeps no answer. */
  #lock(): void {
    this.#stream?.close();
    this.phase = { name: 'refused', code: 'locked', traceId: null };
    forgetAll();
  }

  #refuse(cause: unknown): void {
    const { code, traceId } = toApiError(cause, 'internal');
    this.#stream?.close();
    if (code === 'locked') {
      this.#lock();
      return;
    }
    if (code === 'unauthorized' && host().kind === 'browser') this.#signOut();
    else this.phase = { name: 'refused', code, traceId };
  }
}

export const session = new Session();
