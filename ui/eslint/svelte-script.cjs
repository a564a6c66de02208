// Parses the scripts of a component, and nothing else of it, so that `import-x` can follow imports.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the loader of parsers wants CommonJS
const { parser } = require('typescript-eslint');

const SCRIPT = /(<script[^>]*>)([\s\S]*?)<\/script>/g;
const blank = (text) => text.replace(/[^\n]/g, ' ');

function scriptsOf(code) {
  let out = '';
  let last = 0;
  for (const { 0: whole, 1: tag, 2: script, index } of code.matchAll(SCRIPT)) {
    out += blank(code.slice(last, index + tag.length)) + script;
    last = index + tag.length + script.length;
    out += blank(code.slice(last, index + whole.length));
    last = index + whole.length;
  }
  return out + blank(code.slice(last));
}

module.exports = {
  meta: { name: 'hearth-svelte-script', version: '1' },
  parseForESLint: (code, options) =>
    parser.parseForESLint(scriptsOf(code), {
      ...options,
      filePath: undefined,
      projectService: false,
      project: null,
      programs: null,
      extraFileExtensions: [],
    }),
};
