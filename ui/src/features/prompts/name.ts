// What a saved prompt may be called, and how large it may be. The program checks the same.
import type { Prompt, PromptDraft, PromptId } from '$lib/api';
import type { MessageKey } from '$lib/i18n/index.svelte';

const MOST_CHARACTERS = 40;
/** Characters; a larger text is a file to attach. */
export const MOST_TEXT = 100_000;

export type NameFault = 'Empty' | 'Space' | 'Long' | 'Taken';
export type TextFault = 'Empty' | 'Long';

/** Why a name cannot be saved, or `null`. `own` is the prompt that is being changed. */
export function nameFault(
  name: string,
  prompts: readonly Prompt[],
  own: PromptId | null,
): NameFault | null {
  if (name === '') return 'Empty';
  if (/[\s/]/u.test(name)) return 'Space';
  if (Array.from(name).length > MOST_CHARACTERS) return 'Long';
  const same = (other: string) => other.toLocaleLowerCase() === name.toLocaleLowerCase();
  return prompts.some((prompt) => prompt.id !== own && same(prompt.name)) ? 'Taken' : null;
}

export function textFault({ text }: PromptDraft): TextFault | null {
  if (text.trim() === '') return 'Empty';
  return text.length > MOST_TEXT ? 'Long' : null;
}

export const NAME_TEXT: Readonly<Record<NameFault, MessageKey>> = {
  Empty: 'writing.prompts.nameEmpty',
  Space: 'writing.prompts.nameSpace',
  Long: 'writing.prompts.nameLong',
  Taken: 'writing.prompts.nameTaken',
};
export const TEXT_TEXT: Readonly<Record<TextFault, MessageKey>> = {
  Empty: 'writing.prompts.textEmpty',
  Long: 'writing.prompts.textLong',
};

/** The slash is typed out of habit; it is no part of the name. */
export function cleanName(name: string): string {
  return name.trim().replace(/^\/+/, '');
}
