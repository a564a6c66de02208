// The parameters of an answer that a person can set, with their ranges. The wire has more (penalties
// of the OpenAI kind, stop texts); those are for programs.
import type { SamplingParams } from '$lib/api';
import type { MessageKey } from '$lib/i18n/index.svelte';

export type ParameterName = Exclude<
  keyof SamplingParams,
  'stop' | 'frequency_penalty' | 'presence_penalty'
>;

export interface Parameter {
  readonly name: ParameterName;
  readonly label: MessageKey;
  readonly note: MessageKey;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where the slider rests while nothing is set; without it there is no slider. */
  readonly rest?: number;
  /** What an empty field means; the model's own unless named. */
  readonly empty: MessageKey;
  /** Shown without asking for more. */
  readonly common?: boolean;
}

export const PARAMETERS: readonly Parameter[] = [
  {
    name: 'temperature',
    label: 'settings.temperature',
    note: 'settings.temperatureNote',
    min: 0,
    max: 2,
    step: 0.05,
    rest: 0.8,
    empty: 'settings.modelDefault',
    common: true,
  },
  {
    name: 'top_p',
    label: 'settings.topP',
    note: 'settings.topPNote',
    min: 0,
    max: 1,
    step: 0.01,
    rest: 0.95,
    empty: 'settings.modelDefault',
    common: true,
  },
  {
    name: 'max_tokens',
    label: 'settings.maxTokens',
    note: 'settings.maxTokensNote',
    min: 1,
    max: 1_000_000,
    step: 1,
    empty: 'settings.noLimit',
    common: true,
  },
  {
    name: 'top_k',
    label: 'settings.topK',
    note: 'settings.topKNote',
    min: 0,
    max: 1000,
    step: 1,
    empty: 'settings.modelDefault',
  },
  {
    name: 'min_p',
    label: 'settings.minP',
    note: 'settings.minPNote',
    min: 0,
    max: 1,
    step: 0.01,
    rest: 0.05,
    empty: 'settings.modelDefault',
  },
  {
    name: 'repeat_penalty',
    label: 'settings.repeatPenalty',
    note: 'settings.repeatPenaltyNote',
    min: 0.5,
    max: 2,
    step: 0.05,
    rest: 1,
    empty: 'settings.modelDefault',
  },
  {
    name: 'seed',
    label: 'settings.seed',
    note: 'settings.seedNote',
    min: 0,
    max: 4_294_967_295,
    step: 1,
    empty: 'settings.random',
  },
];

/** A value of the wire, which has single precision, as it was written. */
export function asWritten(value: number | null, { step }: Parameter): number | null {
  return value === null || step >= 1 ? value : Number(value.toPrecision(6));
}

/** What stands in a number field: a value, nothing, or what cannot be taken. */
export function readNumber(
  field: HTMLInputElement,
  { min, max, step }: Pick<Parameter, 'min' | 'max' | 'step'>,
): number | null | 'wrong' {
  if (field.value === '') return field.validity.badInput ? 'wrong' : null;
  const wanted = field.valueAsNumber;
  const fits = Number.isFinite(wanted) && wanted >= min && wanted <= max;
  return fits && (step < 1 || Number.isInteger(wanted)) ? wanted : 'wrong';
}

/** Whether none of them is set. */
export function isUnset(sampling: SamplingParams): boolean {
  return PARAMETERS.every(({ name }) => sampling[name] === null);
}

/** The same with none of them set; what only programs set stays. */
export function unset(sampling: SamplingParams): SamplingParams {
  return { ...sampling, ...Object.fromEntries(PARAMETERS.map(({ name }) => [name, null])) };
}
