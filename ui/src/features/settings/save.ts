// Saves a change of the settings and says so when it was refused.
import { notifyError, session } from '$lib/state';

/** Whether the change was taken. */
export async function save(patch: unknown): Promise<boolean> {
  try {
    await session.change(patch);
    return true;
  } catch (cause) {
    notifyError(cause);
    return false;
  }
}
