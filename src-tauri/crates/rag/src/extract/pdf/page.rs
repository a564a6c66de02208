//! What the readers made of one page, before the document is put together.

use super::{
    garbled::{is_garbled, is_mostly_unknown},
    lines::Segment,
};

/// The text of one page.
pub(super) struct PageLines {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) content: Content,
}

/// Where the text of a page came from.
pub(super) enum Content {
    /// Pieces with places, in the order of reading.
    Placed(Vec<Segment>),
    /// Text without places, from a reader that knows none.
    Plain(String),
}

/// What was taken out of a page because nobody knows what it says.
pub(super) struct Lost {
    /// So many letters.
    pub(super) letters: usize,
    /// They were most of the page.
    pub(super) page: bool,
}

impl PageLines {
    /// The text of a page as the tests for bad text want it.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Content::Plain(text) => text.clone(),
            Content::Placed(segments) => {
                segments.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\n")
            }
        }
    }

    pub(super) fn copy(&self) -> Self {
        let content = match &self.content {
            Content::Plain(text) => Content::Plain(text.clone()),
            Content::Placed(segments) => Content::Placed(segments.clone()),
        };
        Self { width: self.width, height: self.height, content }
    }

    /// Takes out what no reader could make text of: pieces of lines whose letters are mostly unknown,
    /// and all of a page that is garbled. What is left is what the page says.
    pub(super) fn drop_garbled(&mut self) -> Lost {
        let said = self.text();
        let signs = signs(&said);
        match &mut self.content {
            _ if is_garbled(&said) => self.content = Content::Placed(Vec::new()),
            Content::Plain(text) if is_mostly_unknown(text) => text.clear(),
            Content::Plain(_) => {}
            Content::Placed(segments) => drop_unknown(segments),
        }
        let letters = signs.saturating_sub(self::signs(&self.text()));
        Lost { letters, page: letters * 2 > signs }
    }
}

fn drop_unknown(segments: &mut Vec<Segment>) {
    let mut begins = false;
    segments.retain_mut(|segment| {
        begins |= !segment.beside;
        let known = !is_mostly_unknown(&segment.text);
        if known {
            // What stood beside a piece that is gone begins the line now.
            segment.beside &= !begins;
            begins = false;
        }
        known
    });
}

fn signs(text: &str) -> usize {
    text.chars().filter(|sign| !sign.is_whitespace()).count()
}
