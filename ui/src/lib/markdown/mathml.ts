// What a formula can become on the page: an allow-list of elements and attributes of MathML, built
// as nodes. Nothing here reads markup; whatever is not on the list is left out with its meaning.
//
// Web views know the core of MathML only. What is beyond it and common is said in another way:
// letters of other alphabets by their own characters, alignment and boxes by classes.
import { MAX_MATH_DEPTH, MAX_MATH_NODES } from './limits';
import { styledLetters } from './mathletters';

/** A node as KaTeX makes it: an element, a text, or a list of more. */
export interface SourceNode {
  readonly type?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly children?: readonly SourceNode[];
  readonly classes?: readonly string[];
  /** Of a space, in em. */
  readonly width?: number;
}

/** A node as we show it. */
export interface MathElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (MathElement | string)[];
}

const ELEMENTS = new Set(
  'math mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover munderover mtable mtr mtd menclose'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'accent accentunder depth display displaystyle fence form height largeop linethickness lspace mathbackground mathcolor mathsize maxsize minsize movablelimits rspace scriptlevel separator stretchy symmetric voffset width'.split(
    ' ',
  ),
);
const VALUE = /^[#\w.+%-]{1,32}$/;
const ENCLOSED: Readonly<Record<string, string>> = {
  box: 'box',
  updiagonalstrike: 'strike',
  downdiagonalstrike: 'strike',
  'updiagonalstrike downdiagonalstrike': 'strike',
};

/** The tree that is shown, or `null` where it is too large. */
export function mathTree(root: SourceNode, display: boolean): MathElement | null {
  const budget = { left: MAX_MATH_NODES };
  const children = nodes(root, { budget, depth: 0, variant: '', table: NO_TABLE });
  if (children === null) return null;
  const attributes: Record<string, string> = display ? { display: 'block' } : {};
  return { name: 'math', attributes, children };
}

interface Around {
  readonly budget: { left: number };
  readonly depth: number;
  readonly variant: string;
  readonly table: Table;
}

/** Of the table around: how its columns are aligned, and which are followed by a line. */
interface Table {
  readonly align: readonly string[];
  readonly lines: readonly string[];
}

const NO_TABLE: Table = { align: [], lines: [] };
/** Cells that hold the number of an equation, which a text has no use for. */
const NUMBERING = new Set(['mtr-glue', 'mml-eqn-num']);

type Nodes = readonly (MathElement | string)[];

function nodes(node: SourceNode, around: Around): Nodes | null {
  if (around.depth > MAX_MATH_DEPTH || around.budget.left-- <= 0) return null;
  if (typeof node.text === 'string') return [styledLetters(node.text, around.variant)];
  const name = node.type ?? '';
  if (name === 'annotation' || node.classes?.some((one) => NUMBERING.has(one))) return [];
  if (name === '' && typeof node.width === 'number') return space(node.width);
  const inner = {
    ...around,
    table: name === 'mtable' ? tableOf(node) : around.table,
    depth: around.depth + 1,
    variant: value(node, 'mathvariant') ?? around.variant,
  };
  const children: (MathElement | string)[] = [];
  for (const child of node.children ?? []) {
    const made = nodes(child, inner);
    if (made === null) return null;
    children.push(...made);
  }
  if (name === 'mtr') return [element(node, name, children.map(placed(around.table)))];
  if (name === 'mtable') return [element(node, name, children.map(ruled(node)))];
  // What wraps the formula, and what is not on the list, is only what it holds.
  if (!ELEMENTS.has(name) || name === 'math') return children;
  return [element(node, name, children)];
}

function element(node: SourceNode, name: string, children: Nodes): MathElement {
  const attributes: Record<string, string> = {};
  for (const key of Object.keys(node.attributes ?? {})) {
    const text = value(node, key);
    if (ATTRIBUTES.has(key) && text !== null && VALUE.test(text)) attributes[key] = text;
  }
  // The one variant of the core: a letter that stands upright.
  if (value(node, 'mathvariant') === 'normal') attributes.mathvariant = 'normal';
  if (name !== 'menclose') return { name, attributes, children };
  const enclosed = ENCLOSED[value(node, 'notation') ?? ''];
  return {
    name: 'mrow',
    attributes: enclosed === undefined ? attributes : { ...attributes, class: enclosed },
    children,
  };
}

function space(width: number): Nodes {
  const em = Math.min(20, Math.max(0, width));
  return [{ name: 'mspace', attributes: { width: `${em.toFixed(4)}em` }, children: [] }];
}

function tableOf(node: SourceNode): Table {
  const list = (key: string) => value(node, key)?.split(' ') ?? [];
  return { align: list('columnalign'), lines: list('columnlines') };
}

type Child = MathElement | string;

/** A cell, with its alignment and the line after it as classes. */
function placed({ align, lines }: Table): (cell: Child, at: number) => Child {
  return (cell, at) => {
    const side = align[at];
    const classes = [
      ...(side === 'left' || side === 'right' ? [side] : []),
      ...(lines[at] !== undefined && lines[at] !== 'none' ? ['after'] : []),
    ];
    return marked(cell, classes);
  };
}

/** A row, with the line below it as a class. */
function ruled(table: SourceNode): (row: Child, at: number) => Child {
  const lines = value(table, 'rowlines')?.split(' ') ?? [];
  return (row, at) => marked(row, lines[at] !== undefined && lines[at] !== 'none' ? ['below'] : []);
}

function marked(child: Child, classes: readonly string[]): Child {
  if (typeof child === 'string' || classes.length === 0) return child;
  return { ...child, attributes: { ...child.attributes, class: classes.join(' ') } };
}

function value(node: SourceNode, key: string): string | null {
  const found = node.attributes?.[key];
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : null;
}

const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** The elements of a tree. `source` is what assistive technology may read instead. */
export function mathElement(tree: MathElement, source: string): Element {
  const root = build(tree);
  root.setAttribute('alttext', source);
  return root;
}

function build({ name, attributes, children }: MathElement): Element {
  const element = document.createElementNS(MATHML, name);
  for (const [key, text] of Object.entries(attributes)) element.setAttribute(key, text);
  element.append(...children.map((child) => (typeof child === 'string' ? child : build(child))));
  return element;
}
