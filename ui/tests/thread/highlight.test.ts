// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { colourable, highlight } from '../../src/lib/markdown/highlight';
import { languageOf, shownLanguage } from '../../src/lib/markdown/languages';

const CODE: Readonly<Record<string, string>> = {
  ts: 'const a: Map<string, number> = new Map(); // <b onclick="x()">\n`a ${b} c`',
  py: 'def f(x):\n    """<script>alert(1)</script>"""\n    return x & 1 < 2',
  html: '<script>let a = "</script><img src=x onerror=alert(1)>";</script><style>a{color:red}</style>',
  rust: 'fn main() { println!("<{}>", 1 & 2); } // &lt;',
  bash: 'echo "<img src=x>" && ls | grep \'&amp;\'',
  md: '# T\n<script>alert(1)</script>\n**b** [l](javascript:alert(1))',
  diff: '-<b>old</b>\n+<i>new</i>',
  sql: "SELECT '<x>' FROM t WHERE a < 1;",
  json: '{"a": "<script>", "b": [1, true, null]}',
  cpp: '#include <vector>\nstd::vector<int> v;',
  yaml: 'a: "<b>"\nb: &anchor 1',
  toml: '[a]\nb = "<c>"',
};

describe('coloured code', () => {
  for (const [language, code] of Object.entries(CODE)) {
    it(`is the same text, with nothing made of it: ${language}`, async () => {
      const runs = await highlight(code, language);
      expect(runs?.map((run) => run.text).join('')).toBe(code);
      expect(new Set(runs?.map((run) => run.colour)).size).toBeGreaterThan(1);
    });
  }

  it('tells a keyword from a string and a comment', async () => {
    const runs = await highlight('let a = "b"; // c', 'js');
    expect(runs).toContainEqual({ text: 'let', colour: 'keyword' });
    expect(runs).toContainEqual({ text: '"b"', colour: 'string' });
    expect(runs).toContainEqual({ text: '// c', colour: 'comment' });
  });

  it('colours what stands inside a string template as code again', async () => {
    const runs = await highlight('`x ${new A()} y`', 'ts');
    expect(runs).toContainEqual({ text: 'new', colour: 'keyword' });
  });

  it('is plain where it is too large, too long or deceives', async () => {
    expect(await highlight('a\n'.repeat(60_000), 'js')).toBeNull();
    expect(await highlight(`let a = "${'x'.repeat(5_000)}"`, 'js')).toBeNull();
    expect(colourable('if (a\u202e) {}', 'js')).toBe(false);
  });

  it('is plain in a language that is not known, whatever its name', async () => {
    for (const name of ['', 'brainf', '__proto__', 'constructor', 'toString', '../x']) {
      expect(languageOf(name)).toBeNull();
      expect(await highlight('x', name)).toBeNull();
    }
    expect(shownLanguage('zig')).toBe('zig');
    expect(shownLanguage('py')).toBe('Python');
  });
});
