// Markdown of a model, as components. See `nodes.ts` for all that it can become.
export { default as LinkDialog } from './LinkDialog.svelte';
export { default as Markdown } from './Markdown.svelte';
export type { Block, Row } from './nodes';
export { BlockSplitter } from './splitter';
export { rowCells } from './table';
