// Where Markdown ends and plain text begins. A model may write anything, also 5 MB on one line;
// past these sizes the text is still shown, but no longer read as Markdown.
//
// Code and large tables do not count: they cost nothing until they are seen.

/** Characters of a growing text that are read as Markdown. */
export const MAX_MARKDOWN = 256 * 1024;
/** Characters of a whole text that are read at once; the rest follows frame by frame. */
export const MAX_AT_ONCE = 24 * 1024;
/** Characters that are read as Markdown where the person asks for it. */
export const MAX_ASKED = 2 * 1024 * 1024;
/** Characters that are looked at in one reading; what is still open at its end is read with more. */
export const WINDOW = 16 * 1024;
/** Characters of one block; a larger one is shown as plain text. Code has no such limit. */
export const MAX_BLOCK = 64 * 1024;
/** Characters of one piece of plain text, so that only what is near the screen is laid out. */
export const PLAIN_PIECE = 16 * 1024;
/** How deep lists, quotes and emphasis may nest before the rest is plain text. */
export const MAX_DEPTH = 24;
/** Characters between the marks of emphasis; looking further costs the square of the text. */
export const MAX_EMPHASIS = 1024;
/** A live tail longer than this is read again only when it grew by a share of itself. */
export const EAGER_TAIL = 16 * 1024;
/** Code longer than this, or with a longer line, is not coloured. */
export const MAX_HIGHLIGHT = 100 * 1024;
export const MAX_HIGHLIGHT_LINE = 4 * 1024;
/** Lines of code in one piece of the page. */
export const CODE_PIECE_LINES = 200;
/** Lines of finished code above which the rest is folded, and how many are seen then. */
export const FOLD_LINES = 60;
/** Characters of a formula inside a line, and of one that stands alone. */
export const MAX_INLINE_MATH = 1024;
export const MAX_BLOCK_MATH = 4 * 1024;
/** A table with more characters is split into cells only where it is seen. */
export const LAZY_TABLE = 4 * 1024;
/** Cells of a table on the page at a time. */
export const TABLE_CELLS = 800;
/** Characters of a diagram's source; laying one out costs more than its length. */
export const MAX_DIAGRAM = 20 * 1024;
/** How deep a formula may nest on the page. */
export const MAX_MATH_DEPTH = 64;
/** Elements of one formula on the page. */
export const MAX_MATH_NODES = 4000;
