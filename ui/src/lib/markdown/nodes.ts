// What a Markdown text can become on the page: a closed list. There is no node that carries
// markup, loads something, or names an address that was not checked.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'control'; readonly code: string }
  | { readonly kind: 'strong'; readonly children: readonly Inline[] }
  | { readonly kind: 'em'; readonly children: readonly Inline[] }
  | { readonly kind: 'del'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly children: readonly Inline[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | {
      readonly kind: 'image';
      readonly alt: string;
      readonly host: string | null;
      readonly href: string | null;
    }
  | MathInline
  | { readonly kind: 'reference'; readonly label: string; readonly text: string };

/** A formula in a line of text. */
export interface MathInline {
  readonly kind: 'math';
  readonly tex: string;
  readonly display: boolean;
  /** As it was written: shown until it is drawn, and where it cannot be. */
  readonly text: string;
}

/** A row of a table: its cells, or the line they are read from when they are seen. */
export type Row = string | readonly (readonly Inline[])[];

export interface TableNode {
  readonly kind: 'table';
  readonly align: readonly Align[];
  readonly header: readonly (readonly Inline[])[];
  readonly rows: readonly Row[];
  /** As it was written. */
  readonly raw: string;
}

export interface ListItem {
  /** `null` where the item is not a task. */
  readonly checked: boolean | null;
  readonly children: readonly BlockNode[];
}

export type Align = 'left' | 'center' | 'right' | null;

export interface CodeNode {
  readonly kind: 'code';
  readonly text: string;
  /** The first word after the fence, lower case; empty where there is none. */
  readonly language: string;
  /** The fence is not closed yet: more is to come. */
  readonly open: boolean;
}

export type BlockNode =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  /** A paragraph of a tight list, without its own spacing. */
  | { readonly kind: 'line'; readonly children: readonly Inline[] }
  | { readonly kind: 'heading'; readonly depth: number; readonly children: readonly Inline[] }
  | CodeNode
  | { readonly kind: 'quote'; readonly children: readonly BlockNode[] }
  | {
      readonly kind: 'list';
      readonly start: number | null;
      readonly loose: boolean;
      readonly items: readonly ListItem[];
    }
  | TableNode
  | { readonly kind: 'math'; readonly tex: string; readonly text: string }
  | { readonly kind: 'footnote'; readonly label: string; readonly children: readonly BlockNode[] }
  | { readonly kind: 'rule' }
  /** `rest`: what follows is beyond the limits, not without a meaning. */
  | { readonly kind: 'plain'; readonly text: string; readonly rest?: boolean };

/** A top-level piece of a text. */
export interface Block {
  /** Its place; the key for the page. */
  readonly id: number;
  /** The text it was made from. All of them together are the whole text. */
  readonly raw: string;
  readonly done: boolean;
  /** What is shown; `null` for nothing. */
  readonly node: BlockNode | null;
}
