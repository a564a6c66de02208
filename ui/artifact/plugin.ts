// Makes the one page that draws diagrams: mermaid and the code of the frame in one document, which
// needs no second request. Its policy lets exactly this script run and nothing be fetched. It is an
// entry of its own; nothing of it is in the bundle of the application.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformWithOxc, type Plugin } from 'vite';

const PAGE = 'artifact/diagram.html';
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Over HTTP and in the window the program sends these as a header too, with its sandbox. */
function policy(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A script that can stand in a page: nothing in it ends its element. */
function embeddable(script: string): string {
  return script.replace(/<(?=!--|\/?script)/gi, '\\x3C');
}

/** The page, with all that it needs in it. */
export async function diagramPage(): Promise<string> {
  const mermaid = createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js');
  const frame = await transformWithOxc(await readFile(at('frame.ts'), 'utf8'), 'frame.ts');
  const code = frame.code.replace(/^export \{\};?$/m, '');
  const script = embeddable(`${await readFile(mermaid, 'utf8')}\n;(() => {${code}})();`);
  const template = await readFile(at('page.html'), 'utf8');
  // The space around the mark is the template's, and would count for the hash.
  return template.replace('%POLICY%', () => policy(script)).replace(/\s*%SCRIPT%\s*/, () => script);
}

export function artifactPage(): Plugin {
  return {
    name: 'hearth-artifact',
    async generateBundle() {
      // The small bundles of tests and benches have no diagrams.
      if (this.environment.name !== 'client') return;
      this.emitFile({ type: 'asset', fileName: PAGE, source: await diagramPage() });
    },
    configureServer(server) {
      server.middlewares.use(`/${PAGE}`, (_request, response, next) => {
        diagramPage().then((html) => {
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.setHeader('content-security-policy', 'sandbox allow-scripts');
          response.end(html);
        }, next);
      });
    },
  };
}
