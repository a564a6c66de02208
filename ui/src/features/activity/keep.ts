import { rpc } from '$lib/api';
import { host } from '$lib/host';
import { notifyError } from '$lib/state';

/** Saves the file that a command gives; the person says where. */
export async function keep(
  command: 'activity_export' | 'port_key_use_export',
  form: { json: boolean },
): Promise<void> {
  try {
    const file =
      command === 'activity_export'
        ? await rpc(command, form)
        : await rpc(command, { id: null, ...form });
    await host().saveText(file.name, file.text);
  } catch (cause) {
    notifyError(cause);
  }
}
