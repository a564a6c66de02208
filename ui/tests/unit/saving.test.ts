// Copying in two forms and saving, where the page does it itself.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserHost } from '../../src/lib/host/browser';
import { safeName } from '../../src/lib/host/download';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('copying rich text', () => {
  const clipboard = (write: unknown) => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { write, writeText } });
    return writeText;
  };

  it('puts both forms on the clipboard', async () => {
    const items: Record<string, Blob>[] = [];
    vi.stubGlobal('ClipboardItem', function (forms: Record<string, Blob>) {
      items.push(forms);
    });
    const write = vi.fn(() => Promise.resolve());
    const writeText = clipboard(write);
    await browserHost.copyRich('<p>a</p>', 'a');
    expect(write).toHaveBeenCalledOnce();
    expect(
      Object.entries(items[0] ?? {}).map(([type, form]) => [type, form.type, form.size]),
    ).toEqual([
      ['text/html', 'text/html', 8],
      ['text/plain', 'text/plain', 1],
    ]);
    expect(writeText).not.toHaveBeenCalled();
  });

  it('puts the plain form there where the web view takes no other', async () => {
    const writeText = clipboard(undefined);
    await browserHost.copyRich('<p>a</p>', 'a');
    expect(writeText).toHaveBeenCalledWith('a');
  });
});

describe('saving a text in a browser', () => {
  it('offers it under its name, and lets go of it later', async () => {
    vi.useFakeTimers();
    const made: Blob[] = [];
    const revoked = vi.fn();
    vi.stubGlobal('URL', {
      createObjectURL: (blob: Blob) => {
        made.push(blob);
        return 'blob:x';
      },
      revokeObjectURL: revoked,
    });
    const clicked: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      clicked.push(`${this.download} ${this.getAttribute('href') ?? ''}`);
    });
    expect(await browserHost.saveText('a/b.py', 'print(1)')).toBe(true);
    expect(clicked).toEqual(['a-b.py blob:x']);
    expect(made[0]?.size).toBe(8);
    expect(revoked).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(revoked).toHaveBeenCalledWith('blob:x');
  });

  it.each([
    ['../../etc/passwd', '-..-etc-passwd'],
    ['a\u202egnp.exe', 'agnp.exe'],
    ['C:\\x?.txt', 'C--x-.txt'],
    ['  .hidden. ', 'hidden'],
    ['', 'hearth-'],
    ['CON.txt', 'hearth-CON.txt'],
    [`${'x'.repeat(200)}.json`, `${'x'.repeat(75)}.json`],
    ['Größe 👍.md', 'Größe 👍.md'],
  ])('takes no name that means more than a name: %j', (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });
});
