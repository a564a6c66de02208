// Saving a text as a file from a browser: the browser asks or puts it among its downloads.

/** Longer names are cut; file systems end at 255 bytes. */
const MAX_NAME = 80;
/** How long the browser has to take the text. */
const TAKEN = 60_000;

/** A name that is a file's name everywhere: no folder, no control, no reserved character. */
export function safeName(name: string): string {
  const bare = name
    // eslint-disable-next-line no-control-regex -- these are the characters that are removed
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/[\\/:*?"<>|]/g, '-')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const cut = shorten(bare);
  return cut === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(cut)
    ? `hearth-${cut}`
    : cut;
}

/** Cuts before the ending, never inside a character. */
function shorten(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= MAX_NAME) return name;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  return characters.slice(0, MAX_NAME - ending.length).join('') + ending;
}

/** Offers the text as a download. Whether it was kept is not told to a page, so this answers yes. */
export function download(name: string, text: string): Promise<boolean> {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = safeName(name);
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, TAKEN);
  return Promise.resolve(true);
}
