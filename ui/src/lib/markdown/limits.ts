// Where Markdown ends and plain text begins. A model may write anything, also 5 MB on one line;
// past these sizes the text is still shown, but no longer read as Markdown.

/** Characters of one text that are read as Markdown. */
export const MAX_MARKDOWN = 256 * 1024;
/** Characters of one block; a larger one is shown as plain text. Code has no such limit. */
export const MAX_BLOCK = 64 * 1024;
/** Characters of one piece of plain text, so that only what is near the screen is laid out. */
export const PLAIN_PIECE = 16 * 1024;
/** How deep lists, quotes and emphasis may nest before the rest is plain text. */
export const MAX_DEPTH = 24;
/** A live tail longer than this is read again only when it grew by a share of itself. */
export const EAGER_TAIL = 16 * 1024;
/** Code longer than this, or with a longer line, is not coloured. */
export const MAX_HIGHLIGHT = 100 * 1024;
export const MAX_HIGHLIGHT_LINE = 4 * 1024;
/** Lines of code in one piece of the page. */
export const CODE_PIECE_LINES = 200;
