// A text as plain words and as HTML for the clipboard, from the same nodes as the page: no script, no
// style, no picture, nothing that is fetched. What a newer node carries comes out as its text.
import { rowCells, type Block, type Row } from '$lib/markdown';

/** Any node: what is known of it is read, never its kind alone. */
interface Node {
  readonly kind: string;
  readonly text?: string;
  readonly code?: string;
  readonly alt?: string;
  readonly href?: string | null;
  readonly depth?: number;
  readonly start?: number | null;
  readonly children?: readonly Node[];
  readonly items?: readonly {
    readonly checked: boolean | null;
    readonly children: readonly Node[];
  }[];
  readonly header?: readonly (readonly Node[])[];
  readonly rows?: readonly Row[];
}

const TAGS: Readonly<Record<string, string>> = {
  paragraph: 'p',
  strong: 'strong',
  em: 'em',
  del: 'del',
  quote: 'blockquote',
};

/** HTML with the bare structure of the text. */
export function htmlOf(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.node ? html(block.node as Node) : '')).join('\n');
}

/** The words alone, with the marks of lists and the columns of tables. */
export function textOf(blocks: readonly Block[]): string {
  const parts = blocks.map((block) => (block.node ? plain(block.node as Node) : ''));
  return parts.filter((part) => part !== '').join('\n\n');
}

function html(node: Node): string {
  const tag = TAGS[node.kind];
  if (tag !== undefined) return `<${tag}>${all(node.children)}</${tag}>`;
  switch (node.kind) {
    case 'heading': {
      const level = `h${String(Math.min(6, node.depth ?? 1))}`;
      return `<${level}>${all(node.children)}</${level}>`;
    }
    case 'code':
      return node.text === undefined
        ? `<code>${all(node.children)}</code>`
        : `<pre><code>${escaped(node.text)}</code></pre>`;
    case 'list':
      return list(node);
    case 'table':
      return table(node);
    case 'break':
      return '<br>';
    case 'rule':
      return '<hr>';
    case 'text':
      return escaped(node.text ?? '');
    case 'plain':
      return `<p>${escaped(node.text ?? '')}</p>`;
    default:
      return node.children ? all(node.children) : escaped(loose(node));
  }
}

function all(nodes: readonly Node[] | undefined): string {
  return (nodes ?? []).map(html).join('');
}

function list(node: Node): string {
  const tag = typeof node.start === 'number' ? 'ol' : 'ul';
  const start = typeof node.start === 'number' && node.start !== 1;
  const items = (node.items ?? []).map(
    (item) => `<li>${box(item.checked)}${all(item.children)}</li>`,
  );
  return `<${tag}${start ? ` start="${String(node.start)}"` : ''}>${items.join('')}</${tag}>`;
}

function table(node: Node): string {
  const row = (cells: readonly (readonly Node[])[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${all(cell)}</${tag}>`).join('')}</tr>`;
  const body = rowsOf(node)
    .map((cells) => row(cells, 'td'))
    .join('');
  return `<table><thead>${row(node.header ?? [], 'th')}</thead><tbody>${body}</tbody></table>`;
}

/** The rows of a table; of a large one their cells are read only now. */
function rowsOf(node: Node): readonly (readonly (readonly Node[])[])[] {
  return (node.rows ?? []).map((row) => rowCells(row, node.header?.length ?? 0));
}

function plain(node: Node): string {
  switch (node.kind) {
    case 'list':
      return (node.items ?? []).map((item, at) => entry(node, item, at)).join('\n');
    case 'table':
      return [node.header ?? [], ...rowsOf(node)]
        .map((cells) => cells.map(line).join('\t'))
        .join('\n');
    case 'quote':
      return (node.children ?? []).map(plain).join('\n\n');
    case 'break':
      return '\n';
    case 'rule':
      return '---';
    default:
      return node.children ? line(node.children) : loose(node);
  }
}

function line(nodes: readonly Node[]): string {
  return nodes.map(plain).join('');
}

function entry(of: Node, item: NonNullable<Node['items']>[number], at: number): string {
  const mark = typeof of.start === 'number' ? `${String(of.start + at)}.` : '-';
  const text = item.children.map(plain).join('\n').replaceAll('\n', '\n  ');
  return `${mark} ${box(item.checked)}${text}`;
}

function box(checked: boolean | null): string {
  if (checked === null) return '';
  return checked ? '[x] ' : '[ ] ';
}

/** The words of a node without children. */
function loose(node: Node): string {
  return node.text ?? node.alt ?? node.code ?? '';
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (one) => `&#${String(one.charCodeAt(0))};`);
}
