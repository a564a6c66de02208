// Which languages of code are coloured, and under which names. Each comes when it is first needed.
import type { LanguageFn } from 'highlight.js';

type Load = () => Promise<{ default: LanguageFn }>;

const LOAD: Readonly<Record<string, Load>> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  python: () => import('highlight.js/lib/languages/python'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

const ALIASES: Readonly<Record<string, string>> = {
  'c#': 'csharp',
  'c++': 'cpp',
  cc: 'cpp',
  cjs: 'javascript',
  conf: 'ini',
  console: 'bash',
  cs: 'csharp',
  golang: 'go',
  h: 'c',
  hpp: 'cpp',
  html: 'xml',
  js: 'javascript',
  json5: 'json',
  jsonc: 'json',
  jsx: 'javascript',
  md: 'markdown',
  mjs: 'javascript',
  patch: 'diff',
  py: 'python',
  python3: 'python',
  rs: 'rust',
  sh: 'bash',
  shell: 'bash',
  svelte: 'xml',
  svg: 'xml',
  toml: 'ini',
  ts: 'typescript',
  tsx: 'typescript',
  vue: 'xml',
  yml: 'yaml',
  zsh: 'bash',
};

/** Names as people write them, where they differ from the name of the language. */
const SHOWN: Readonly<Record<string, string>> = {
  bash: 'Shell',
  cpp: 'C++',
  csharp: 'C#',
  css: 'CSS',
  ini: 'INI',
  javascript: 'JavaScript',
  json: 'JSON',
  mermaid: 'Mermaid',
  sql: 'SQL',
  typescript: 'TypeScript',
  xml: 'XML',
  yaml: 'YAML',
  html: 'HTML',
  toml: 'TOML',
  svg: 'SVG',
  jsx: 'JSX',
  tsx: 'TSX',
};

/** Endings of files, where they differ from the name of the language. */
const ENDINGS: Readonly<Record<string, string>> = {
  bash: 'sh',
  csharp: 'cs',
  javascript: 'js',
  markdown: 'md',
  python: 'py',
  rust: 'rs',
  typescript: 'ts',
  html: 'html',
  jsx: 'jsx',
  mermaid: 'mmd',
  svelte: 'svelte',
  svg: 'svg',
  toml: 'toml',
  tsx: 'tsx',
  vue: 'vue',
};

/** The ending of a file in a language, by the name after the fence. */
export function endingOf(name: string): string {
  for (const one of [name, languageOf(name)]) {
    if (one !== null && Object.hasOwn(ENDINGS, one)) return ENDINGS[one] ?? 'txt';
  }
  return languageOf(name) ?? 'txt';
}

/** The language of a name, `null` where it is not known. */
export function languageOf(name: string): string | null {
  const found = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  return found !== undefined && Object.hasOwn(LOAD, found) ? found : null;
}

/** What the head of a block of code says; the name as it came where it is not known. */
export function shownLanguage(name: string): string {
  if (Object.hasOwn(SHOWN, name)) return SHOWN[name] ?? name;
  const language = languageOf(name);
  if (language === null) return name;
  return SHOWN[language] ?? language.charAt(0).toUpperCase() + language.slice(1);
}

export async function loadLanguage(language: string): Promise<LanguageFn | null> {
  const load = Object.hasOwn(LOAD, language) ? LOAD[language] : undefined;
  return load ? (await load()).default : null;
}
