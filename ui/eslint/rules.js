// Rules of this project: who may import whom, and that components hold no text.
import path from 'node:path';

const SOURCE = `${path.sep}src${path.sep}`;

/** The part of a file's path below `src`, with `/`. */
function below(filename) {
  const at = filename.lastIndexOf(SOURCE);
  return at < 0
    ? null
    : filename
        .slice(at + SOURCE.length)
        .split(path.sep)
        .join('/');
}

function targetOf(from, specifier) {
  if (specifier.startsWith('$lib/')) return `lib/${specifier.slice(5)}`;
  if (specifier.startsWith('$features/')) return `features/${specifier.slice(10)}`;
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier);
  return null;
}

const featureOf = (file) => /^features\/([^/]+)/.exec(file)?.[1];

/** Why `from` may not import `specifier`, or `null`. */
export function forbidden(from, specifier) {
  if (specifier.startsWith('@tauri-apps/')) {
    return from.startsWith('lib/host/') ? null : 'only lib/host knows Tauri';
  }
  if (specifier === '@lucide/svelte') return 'import icons one by one: @lucide/svelte/icons/…';
  const target = targetOf(from, specifier);
  if (target === null) return null;
  if (from.startsWith('lib/') && !target.startsWith('lib/'))
    return 'lib does not know what uses it';
  const [own, other] = [featureOf(from), featureOf(target)];
  if (own && target.startsWith('app/')) return 'features do not know the shell';
  if (own && other && own !== other) return 'features do not know each other';
  if (!own && other && target !== `features/${other}`) return 'a feature is entered by its index';
  if (from.startsWith('lib/host/') && /^lib\/(state|i18n|ui)\//.test(target)) {
    return 'the host knows nothing of the interface';
  }
  return null;
}

const layers = {
  meta: { type: 'problem', schema: [], messages: { no: '{{why}}' } },
  create(context) {
    const from = below(context.filename);
    if (from === null) return {};
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const why = forbidden(from, node.source.value);
      if (why) context.report({ node, messageId: 'no', data: { why } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

const SPOKEN = new Set(['aria-label', 'aria-description', 'alt', 'label', 'placeholder', 'title']);
const LETTERS = /\p{L}{2,}/u;

const noLiteralText = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { no: 'text comes from the catalogues: t(…)' },
  },
  create(context) {
    const inside = (node) => {
      for (let up = node.parent; up; up = up.parent) {
        const name = up.type === 'SvelteElement' ? up.name.name : null;
        if (
          up.type === 'SvelteStyleElement' ||
          up.type === 'SvelteScriptElement' ||
          name === 'kbd'
        ) {
          return true;
        }
      }
      return false;
    };
    return {
      SvelteText(node) {
        if (LETTERS.test(node.value) && !inside(node)) context.report({ node, messageId: 'no' });
      },
      SvelteAttribute(node) {
        if (!SPOKEN.has(node.key.name)) return;
        const spoken = node.value.some((v) => v.type === 'SvelteLiteral' && LETTERS.test(v.value));
        if (spoken) context.report({ node, messageId: 'no' });
      },
    };
  },
};

export default { rules: { layers, 'no-literal-text': noLiteralText } };
