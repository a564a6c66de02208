import { describe, expect, it } from 'vitest';
import { forbidden } from '../../eslint/rules.js';

describe('the layers', () => {
  it('let only lib/host know Tauri', () => {
    expect(forbidden('lib/host/tauri.ts', '@tauri-apps/api/core')).toBeNull();
    expect(forbidden('lib/state/session.svelte.ts', '@tauri-apps/api/core')).not.toBeNull();
    expect(forbidden('features/thread/Thread.svelte', '@tauri-apps/api/core')).not.toBeNull();
  });

  it('keep features apart, and lib below them', () => {
    expect(forbidden('features/thread/Thread.svelte', '$features/model')).not.toBeNull();
    expect(forbidden('features/thread/Thread.svelte', '../model/words')).not.toBeNull();
    expect(forbidden('features/thread/Thread.svelte', './Message.svelte')).toBeNull();
    expect(forbidden('lib/ui/Button.svelte', '$features/model')).not.toBeNull();
    expect(forbidden('app/Shell.svelte', '$features/model')).toBeNull();
    expect(forbidden('app/Shell.svelte', '$features/model/Panel.svelte')).not.toBeNull();
  });
});
