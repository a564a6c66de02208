// Copies text. The asynchronous interface needs a secure context and a gesture; where it refuses,
// the old command still works.

/** Copies two forms of a text; where only one can be copied, that is the plain one. */
export async function copyRich(
  html: string,
  text: string,
  plain: (text: string) => Promise<void>,
): Promise<void> {
  try {
    const forms = { 'text/html': html, 'text/plain': text };
    const blobs = Object.entries(forms).map(
      ([type, form]) => [type, new Blob([form], { type })] as const,
    );
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  } catch {
    await plain(text);
  }
}

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    copyBySelection(text);
  }
}

function copyBySelection(text: string): void {
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'visually-hidden';
  // Inside an open dialog the focus may not leave it, so the field is put there.
  const home = before?.closest('[role="dialog"], [role="alertdialog"]') ?? document.body;
  home.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the way that needs no permission
  const copied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!copied) throw new Error('copy refused');
}
