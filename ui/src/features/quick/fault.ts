// Says to the ear what failed.
import type { FaultCode } from '$lib/host';
import { errorText } from '$lib/i18n/errors';
import { announceUrgently } from '$lib/state';

export function tellFault(code: FaultCode): void {
  const { title, body } = errorText(code);
  announceUrgently(`${title} ${body}`);
}
