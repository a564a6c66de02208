// The first field of a form that is wrong gets the focus. Where it has it, its fault is said.
import { tick } from 'svelte';
import { announceUrgently } from '$lib/state';

export async function toFault(form: HTMLElement): Promise<void> {
  await tick();
  const field = form.querySelector<HTMLElement>('[aria-invalid="true"]');
  const fault = document.getElementById(field?.getAttribute('aria-describedby') ?? '');
  if (fault && field === document.activeElement) announceUrgently(fault.textContent.trim());
  field?.focus();
}
