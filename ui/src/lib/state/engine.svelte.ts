// The states of the loaded models, as the `app` stream tells them.
import type { EngineState } from '$lib/api';

/** Memory of one model in bytes; 0 where it is not loaded. */
export function memoryOf(state: EngineState): number {
  if (!('memory' in state)) return 0;
  const { weights, kv_cache, compute } = state.memory;
  return weights + kv_cache + compute;
}

class Engine {
  /** The model that people asked for last. */
  state = $state.raw<EngineState>({ state: 'empty' });
  /** Those beside it, which programs asked for or people did before. */
  beside = $state.raw<readonly EngineState[]>([]);

  take(told: { engine: EngineState; beside: readonly EngineState[] }): void {
    this.state = told.engine;
    this.beside = told.beside;
  }

  /** The shown name of the model in use, or `null`. */
  get name(): string | null {
    return this.state.state === 'empty' ? null : this.state.name;
  }

  /** Memory of all loaded models in bytes, or `null` where none is. */
  get memory(): number | null {
    const sum = [this.state, ...this.beside].reduce((total, one) => total + memoryOf(one), 0);
    return sum === 0 ? null : sum;
  }

  /** What is told of a model; `null` where nothing is. */
  of(id: string): EngineState | null {
    const mine = (one: EngineState) => 'model' in one && one.model === id;
    return [this.state, ...this.beside].find(mine) ?? null;
  }
}

export const engine = new Engine();
