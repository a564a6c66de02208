//! The visible text of a page as blocks, by a walk that needs no stack however deep the page nests.

use dom_query::NodeRef;

use crate::document::BlockKind;

/// A piece of a page.
pub(super) enum Piece {
    Block(BlockKind, String),
    TableStart,
    Row(Vec<String>),
}

/// What a page shows.
#[derive(Default)]
pub(super) struct Visible {
    pub(super) found: Vec<Piece>,
    /// Letters and digits in all of it.
    pub(super) letters: usize,
    /// Of those, the ones that people come to read: in blocks that are not for the most part links. Short blocks
    /// count as well, for lists of things and paragraphs of Chinese are made of them.
    pub(super) prose: usize,
    /// Whether one of those blocks is more than a label: a sentence, a cell or code.
    pub(super) sentence: bool,
    /// The deepest nesting.
    pub(super) depth: usize,
}

/// Letters of a sentence. Menus, labels and dates have fewer.
const SENTENCE: usize = 60;

/// Elements that are no text.
pub(super) const SILENT: &[&str] = &[
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math-input",
    "head",
    "select",
    "button",
    "textarea",
    "audio",
    "video",
    "canvas",
];
/// Elements that stand within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "input",
    "picture", "source",
];

/// Letters and digits of a text.
pub(super) fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphanumeric()).count()
}

/// Whether a text is as long as a sentence. A sign for a syllable or a word stands for three letters.
pub(super) fn is_sentence(text: &str) -> bool {
    let syllables = text.chars().filter(|letter| is_syllable(*letter)).count();
    letters(text) + 2 * syllables >= SENTENCE
}

/// Whether a letter is of Chinese, Japanese or Korean, where it is a syllable or a word.
fn is_syllable(letter: char) -> bool {
    let wide = matches!(
        letter as u32,
        0x3041..=0x9fff | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff
    );
    wide && letter.is_alphanumeric()
}

/// Gathers what is visible below a node.
pub(super) fn pieces(root: &NodeRef<'_>) -> Visible {
    let mut walk = Walk::default();
    let mut node = *root;
    let mut depth = 0;
    loop {
        let descend = walk.enter(&node);
        if descend && let Some(child) = node.first_child() {
            node = child;
            depth += 1;
            walk.made.depth = walk.made.depth.max(depth);
            continue;
        }
        loop {
            walk.leave(&node);
            if node.id == root.id {
                walk.flush();
                return walk.made;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                walk.flush();
                return walk.made;
            };
            node = parent;
            depth = depth.saturating_sub(1);
        }
    }
}

#[derive(Default)]
struct Walk {
    made: Visible,
    text: String,
    kind: Option<BlockKind>,
    lists: u8,
    row: Option<Vec<String>>,
    preformatted: usize,
    /// Links that are open here.
    links: usize,
    /// Letters of links in the text so far.
    linked: usize,
}

impl Walk {
    /// Whether what is below the node is looked at.
    fn enter(&mut self, node: &NodeRef<'_>) -> bool {
        if node.is_text() {
            let text = node.text();
            if self.links > 0 {
                self.linked += letters(&text);
            }
            self.say(&text);
            return false;
        }
        let Some(name) = node.node_name() else { return !node.is_comment() };
        let name = name.as_ref();
        if SILENT.contains(&name) {
            return false;
        }
        self.links += usize::from(name == "a");
        match name {
            "br" => self.text.push('\n'),
            _ if INLINE.contains(&name) => {}
            _ => self.open(name),
        }
        true
    }

    /// A line of the source is no line of the page, but in preformatted text.
    fn say(&mut self, text: &str) {
        if self.preformatted > 0 {
            self.text.push_str(text);
        } else {
            self.text.push_str(&text.replace(['\n', '\r', '\t'], " "));
        }
    }

    fn open(&mut self, name: &str) {
        self.flush();
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes().last().map_or(1, |digit| digit - b'0');
                self.kind = Some(BlockKind::Heading { level });
            }
            "ul" | "ol" | "dl" | "menu" => self.lists = self.lists.saturating_add(1),
            "li" | "dt" | "dd" => {
                self.kind = Some(BlockKind::ListItem { depth: self.lists.saturating_sub(1) });
            }
            "pre" => {
                self.preformatted += 1;
                self.kind = Some(BlockKind::Code { symbol: None });
            }
            "table" => {
                self.end_row();
                self.made.found.push(Piece::TableStart);
            }
            "tr" => {
                self.end_row();
                self.row = Some(Vec::new());
            }
            "td" | "th" => {
                if let Some(row) = self.row.as_mut() {
                    row.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn leave(&mut self, node: &NodeRef<'_>) {
        let Some(name) = node.node_name() else { return };
        let name = name.as_ref();
        self.links = self.links.saturating_sub(usize::from(name == "a"));
        if INLINE.contains(&name) || SILENT.contains(&name) || name == "br" {
            return;
        }
        self.flush();
        match name {
            "ul" | "ol" | "dl" | "menu" => self.lists = self.lists.saturating_sub(1),
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "tr" | "table" => self.end_row(),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let (kind, linked) = (self.kind.take(), std::mem::take(&mut self.linked));
        if text.trim().is_empty() {
            // An item whose text stands in a paragraph of its own is an item all the same.
            self.kind = kind.filter(|kind| matches!(kind, BlockKind::ListItem { .. }));
            return;
        }
        let count = letters(&text);
        self.made.letters += count;
        if linked * 2 < count {
            self.made.prose += count;
            self.made.sentence |= is_sentence(&text) || self.row.is_some() || self.preformatted > 0;
        }
        if let Some(cell) = self.row.as_mut().and_then(|row| row.last_mut()) {
            cell.push_str(&text);
            cell.push(' ');
            return;
        }
        self.made.found.push(Piece::Block(kind.unwrap_or(BlockKind::Paragraph), text));
    }

    fn end_row(&mut self) {
        if let Some(row) = self.row.take()
            && row.iter().any(|cell| !cell.trim().is_empty())
        {
            self.made.found.push(Piece::Row(row));
        }
    }
}
