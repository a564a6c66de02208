// The one published state of the engine, as the `app` stream tells it.
import type { EngineState } from '$lib/api';

class Engine {
  state = $state.raw<EngineState>({ state: 'empty' });

  /** The shown name of the model in use, or `null`. */
  get name(): string | null {
    return this.state.state === 'empty' ? null : this.state.name;
  }

  /** Memory of the loaded model in bytes, or `null`. */
  get memory(): number | null {
    if (!('memory' in this.state)) return null;
    const { weights, kv_cache, compute } = this.state.memory;
    return weights + kv_cache + compute;
  }
}

export const engine = new Engine();
