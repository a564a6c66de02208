import { describe, expect, it } from 'vitest';
import type { Prompt } from '../../src/lib/api';
import { fullnessOf, shareOf } from '../../src/features/thread/composer/context-gauge.svelte';
import { InputMethod } from '../../src/lib/ui/input-method';
import { findPasted, freeName, largePaste } from '../../src/features/thread/composer/paste';
import { filled, namesOf, nextPlace } from '../../src/features/thread/composer/places';
import { MAX_QUESTION, refusalOf } from '../../src/features/thread/composer/question';
import { inserted, moved, queued, without } from '../../src/features/thread/composer/queue';
import { Recall } from '../../src/features/thread/composer/recall';
import { optionsFor, slashAt } from '../../src/features/thread/composer/slash.svelte';
import {
  decodeText,
  MAX_DOCUMENT,
  MAX_FILE,
  readFile,
} from '../../src/features/thread/composer/text-file';
import { cleanName, nameFault } from '../../src/features/prompts/name';
import type { Intent } from '../../src/lib/state/intent.svelte';
import { fileOf } from './props.svelte';
import { asking } from '../../src/lib/state/asking.svelte';

const bytes = (...list: number[]) => new Uint8Array(list);
const prompt = (name: string): Prompt => ({ id: name, name, text: 'x', updated: 0 });

describe('a question', () => {
  it('is refused empty or larger than 1 MB, in bytes', () => {
    expect(refusalOf(' \n ')).toBe('empty');
    expect(refusalOf('x')).toBeNull();
    expect(refusalOf('x'.repeat(MAX_QUESTION))).toBeNull();
    expect(refusalOf('x'.repeat(MAX_QUESTION + 1))).toBe('too_large');
    expect(refusalOf('ü'.repeat(MAX_QUESTION / 2 + 1))).toBe('too_large');
  });

  it('may be empty where a file goes with it', () => {
    expect(refusalOf('', 1)).toBeNull();
  });
});

describe('a text file', () => {
  it('is read as UTF-8, and as UTF-16 where it begins with the mark', () => {
    expect(decodeText(new TextEncoder().encode('Grüße, 世界\n'))).toBe('Grüße, 世界\n');
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x68, 0x69))).toBe('hi');
    expect(decodeText(bytes(0xff, 0xfe, 0x68, 0, 0x69, 0))).toBe('hi');
    expect(decodeText(bytes(0xfe, 0xff, 0, 0x68, 0, 0x69))).toBe('hi');
  });

  it('is told by its content, whatever it is called', async () => {
    expect(decodeText(bytes(0x50, 0x4b, 3, 4, 0, 0))).toBeNull();
    expect(decodeText(bytes(0xc3, 0x28))).toBeNull();
    const refusal = async (content: string | Uint8Array, name: string) => {
      const read = await readFile(fileOf(name, content));
      return 'refusal' in read ? read.refusal : Object.keys(read)[0];
    };
    expect(await refusal(bytes(0x89, 0x50, 0), 'notes.txt')).toBe('bytes');
    expect(await refusal('text', 'model.GGUF')).toBe('model');
    expect(await refusal('%PDF-1.7\n1 0 obj', 'plan.pdf')).toBe('bytes');
    expect(await refusal(' \n', 'empty.txt')).toBe('empty');
    expect(await refusal('x'.repeat(MAX_FILE + 1), 'large.txt')).toBe('large');
    expect(await refusal('x'.repeat(MAX_FILE), 'just.txt')).toBe('text');
    expect(await refusal(new Uint8Array(MAX_DOCUMENT + 1), 'huge.pdf')).toBe('huge');
  });
});

describe('a large paste', () => {
  it('is one of many characters or many lines', () => {
    expect(largePaste(0, 'short')).toBeNull();
    expect(largePaste(0, 'x'.repeat(4_000))).toBeNull();
    expect(largePaste(3, 'x'.repeat(4_001))).toMatchObject({ start: 3, lines: 1 });
    expect(largePaste(0, 'a\r\n'.repeat(61))).toMatchObject({ lines: 62, text: 'a\n'.repeat(61) });
  });

  it('is found where it stands now, and not where it was changed', () => {
    const pasted = { start: 2, text: 'large', lines: 1 };
    expect(findPasted(pasted, 'a large')).toBe(2);
    expect(findPasted(pasted, 'before it large')).toBe(10);
    expect(findPasted(pasted, 'lar ge')).toBeNull();
  });

  it('becomes a file with a name of its own', () => {
    expect(freeName('Pasted', '.txt', [])).toBe('Pasted.txt');
    expect(freeName('Pasted', '.txt', ['Pasted.txt', 'Pasted 2.txt'])).toBe('Pasted 3.txt');
  });
});

describe('the places of a prompt', () => {
  const TEXT = 'Dear {{ name }}, {{text}}. Bye, {{name}}';

  it('are found in order, each name once', () => {
    expect(namesOf(TEXT)).toEqual(['name', 'text']);
    expect(namesOf('{ {x} } {{}} {{a\nb}}')).toEqual([]);
  });

  it('are walked through, round at the ends', () => {
    expect(nextPlace(TEXT, 0, 1)?.start).toBe(5);
    expect(nextPlace(TEXT, 16, 1)?.name).toBe('text');
    expect(nextPlace(TEXT, TEXT.length + 1, 1)?.start).toBe(5);
    expect(nextPlace(TEXT, 5, -1)?.start).toBe(TEXT.length - 8);
    expect(nextPlace('none', 0, 1)).toBeNull();
  });

  it('of one name are filled together', () => {
    expect(filled(TEXT, 'name', 'Anna')).toBe('Dear Anna, {{text}}. Bye, Anna');
  });
});

describe('the list after a slash', () => {
  it('opens for a word at the beginning only', () => {
    expect(slashAt('/le', 3)).toEqual({ start: 0, end: 3, wanted: 'le' });
    expect(slashAt('/letter now', 3)?.wanted).toBe('letter');
    expect(slashAt('/letter now', 10)).toBeNull();
    expect(slashAt('a /le', 5)).toBeNull();
    expect(slashAt('/', 0)).toBeNull();
  });

  it('puts names that begin with the word first, and leaves out what cannot be done', () => {
    const run = () => undefined;
    const intents: Intent[] = [
      { id: 'a', label: () => 'Settings', group: 'go', run },
      { id: 'b', label: () => 'New letter', group: 'go', run },
      { id: 'c', label: () => 'Let go', group: 'go', run, enabled: () => false },
      { id: 'd', label: () => 'Letters only shown', group: 'writing' },
      // Keys that need a key: the first nine rows, the parts of the window.
      { id: 'e', label: () => 'Letter 1 to 9', group: 'go', run, quiet: true },
      { id: 'f', label: () => 'Letter where the focus is', group: 'go', run, local: true },
    ];
    const found = optionsFor('LET', [prompt('my-letter'), prompt('letter'), prompt('x')], intents);
    expect(found.map(({ id }) => id)).toEqual(['p-letter', 'p-my-letter', 'i-b']);
  });
});

describe('questions that wait', () => {
  const list = ['a', 'b', 'c'].reduce<ReturnType<typeof queued>>(
    (queue, text) => queued(queue, { text, attachments: [] }, asking.of),
    [],
  );
  const texts = (queue: typeof list) => queue.map(({ text }) => text).join('');

  it('have their own names, and move one place without falling off', () => {
    expect(new Set(list.map((one) => one.client_id)).size).toBe(3);
    expect(texts(moved(list, list[2]!.client_id, -1))).toBe('acb');
    expect(moved(list, list[0]!.client_id, -1)).toBe(list);
    expect(moved(list, 'gone', 1)).toBe(list);
  });

  it('come back where they were', () => {
    const less = without(list, list[1]!.client_id);
    expect(texts(less)).toBe('ac');
    expect(texts(inserted(less, list[1]!, 1))).toBe('abc');
  });
});

describe('what was asked before', () => {
  it('is walked through and left again at what stood in the field', () => {
    const recall = new Recall();
    recall.begin(['two', 'one'], 'mine');
    expect([recall.step(-1), recall.step(-1), recall.step(-1)]).toEqual(['two', 'one', null]);
    expect([recall.shows('one'), recall.shows('one!')]).toEqual([true, false]);
    expect([recall.step(1), recall.step(1), recall.step(1)]).toEqual(['two', 'mine', null]);
  });
});

describe('an input method', () => {
  const key = (time: number, values: KeyboardEventInit & { keyCode?: number } = {}) => {
    const event = new KeyboardEvent('keydown', { key: 'Enter', ...values });
    Object.defineProperty(event, 'timeStamp', { value: time });
    return event;
  };

  it('owns its keys, and the Enter that ended it, once', () => {
    const method = new InputMethod();
    expect(method.owns(key(0, { isComposing: true }))).toBe(true);
    expect(method.owns(key(0, { keyCode: 229 }))).toBe(true);
    method.ended(1_000);
    expect(method.owns(key(1_100))).toBe(true);
    expect(method.owns(key(1_150))).toBe(false);
    method.ended(2_000);
    expect(method.owns(key(2_600))).toBe(false);
  });
});

describe('the context', () => {
  const use = { size: 100, instructions: 10, history: 50, documents: 10, searched: 0, question: 5 };
  const none = { messages: 0, tokens: 0 };

  it('is nearly full from 85 %, and over where something is left out', () => {
    expect(fullnessOf({ ...use, omitted: none })).toBe('roomy');
    expect(fullnessOf({ ...use, history: 60, omitted: none })).toBe('nearly');
    expect(fullnessOf({ ...use, omitted: { messages: 2, tokens: 9 } })).toBe('over');
    expect(fullnessOf({ ...use, question: 200, omitted: none })).toBe('over');
    expect(shareOf({ ...use, question: 200, omitted: none })).toBe(1);
    expect(shareOf({ ...use, size: 0, omitted: none })).toBe(0);
  });
});

describe('the name of a prompt', () => {
  it('is short, without space or slash, and not taken by another', () => {
    const list = [prompt('letter')];
    expect(nameFault('', list, null)).toBe('Empty');
    expect(nameFault('two words', list, null)).toBe('Space');
    expect(nameFault('a/b', list, null)).toBe('Space');
    expect(nameFault('ü'.repeat(41), list, null)).toBe('Long');
    expect(nameFault('Letter', list, null)).toBe('Taken');
    expect(nameFault('Letter', list, 'letter')).toBeNull();
    expect(cleanName(' /letter ')).toBe('letter');
  });
});
