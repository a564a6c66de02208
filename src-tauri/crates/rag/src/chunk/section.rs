//! A document as sections, each a row of units that a passage is never cut inside of: sentences of
//! prose, rows of tables, lines of code.

use std::ops::Range;

use super::{
    PieceCount,
    sentence::{is_set_in_lines, lines, sentences, split_long},
};
use crate::document::{Block, BlockKind, Document, Span, Unit as PageUnit};

/// Characters of a unit; what is longer is cut at spaces.
const UNIT_CHARACTERS: usize = 800;
/// Pieces of a unit.
pub(super) const UNIT_PIECES: usize = 200;
/// A section below this many characters is joined with the next one …
const SMALL: usize = 300;
/// … where both are not more than this.
const JOINED: usize = 900;
/// Characters of a heading in a path.
const HEADING: usize = 120;

/// What a section is made of; passages are not cut across it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Prose,
    Table,
    Code,
}

/// What is not cut.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) range: Range<usize>,
    pub(super) characters: usize,
    pub(super) pieces: usize,
}

/// A part of a document that belongs together.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) form: Form,
    pub(super) heading: Vec<String>,
    /// The row that names the columns.
    pub(super) head: Option<Span>,
    pub(super) page: usize,
    pub(super) units: Vec<Unit>,
    /// The symbol of a block of code.
    symbol: Option<String>,
}

impl Section {
    fn characters(&self) -> usize {
        self.units.iter().map(|unit| unit.characters).sum()
    }
}

/// Sections in the order of the document.
pub(super) fn sections(document: &Document, counter: &dyn PieceCount) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut path: Vec<(u8, String)> = Vec::new();
    for block in document.content() {
        let page = document.page_at(block.span.start);
        let text = document.slice(block.span);
        let is_heading = matches!(block.kind, BlockKind::Heading { .. });
        if let BlockKind::Heading { level } = block.kind {
            path.retain(|(above, _)| *above < level);
            path.push((level, heading_text(text)));
        }
        let (form, head, symbol) = form_of(block, text);
        let fits = sections.last().is_some_and(|last| {
            let same_page = document.unit == PageUnit::Whole || last.page == page;
            !is_heading
                && last.form == form
                && last.head == head
                && last.symbol == symbol
                && same_page
        });
        if !fits {
            let mut heading: Vec<String> = path.iter().map(|(_, text)| text.clone()).collect();
            heading.extend(symbol.clone());
            let units = Vec::new();
            sections.push(Section { form, heading, head, page, units, symbol });
        }
        if let Some(section) = sections.last_mut() {
            push_units(section, block, text, counter);
        }
    }
    joined(sections, document.unit)
}

fn form_of(block: &Block, text: &str) -> (Form, Option<Span>, Option<String>) {
    match &block.kind {
        BlockKind::TableRow { head } => (Form::Table, *head, None),
        BlockKind::Code { symbol } => (Form::Code, None, symbol.clone()),
        BlockKind::Paragraph if is_set_in_lines(text) => (Form::Code, None, None),
        _ => (Form::Prose, None, None),
    }
}

fn push_units(section: &mut Section, block: &Block, text: &str, counter: &dyn PieceCount) {
    let ranges = match section.form {
        Form::Prose => sentences(text),
        Form::Code => lines(text),
        Form::Table => std::iter::once(0..text.trim_end().len()).collect(),
    };
    let start = block.span.start as usize;
    for range in ranges {
        for piece in small_enough(text, &range, counter) {
            let unit = &text[piece.clone()];
            if !unit.trim().is_empty() {
                section.units.push(Unit {
                    range: start + piece.start..start + piece.end,
                    characters: unit.chars().count(),
                    pieces: counter.pieces(unit),
                });
            }
        }
    }
}

/// A range cut until the embedder can read each part.
fn small_enough(text: &str, range: &Range<usize>, counter: &dyn PieceCount) -> Vec<Range<usize>> {
    let mut small = Vec::new();
    for part in split_long(text, range, UNIT_CHARACTERS) {
        let characters = text[part.clone()].chars().count();
        let pieces = counter.pieces(&text[part.clone()]);
        if pieces <= UNIT_PIECES {
            small.push(part);
        } else {
            // Text is about as dense everywhere; a fifth is left for where it is not.
            let most = (characters * UNIT_PIECES * 4 / (pieces * 5)).max(40);
            small.extend(split_long(text, &part, most));
        }
    }
    small
}

/// Small sections with the next one, so that a heading with a line below it is no passage of its own.
fn joined(sections: Vec<Section>, unit: PageUnit) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::with_capacity(sections.len());
    for section in sections {
        if section.units.is_empty() {
            continue;
        }
        let fits = all.last().is_some_and(|last| {
            last.form == section.form
                && last.head == section.head
                && (unit == PageUnit::Whole || last.page == section.page)
                && last.characters() < SMALL
                && last.characters() + section.characters() <= JOINED
        });
        match all.last_mut() {
            Some(last) if fits => {
                let common = last.heading.iter().zip(&section.heading);
                let shared = common.take_while(|(one, other)| one == other).count();
                last.heading.truncate(shared.max(1));
                last.units.extend(section.units);
            }
            _ => all.push(section),
        }
    }
    all
}

/// A heading without the signs that mark it, in one line.
fn heading_text(text: &str) -> String {
    let plain = text.trim().trim_start_matches('#').trim_end_matches(['#', '=', '-', '\n', ' ']);
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(HEADING).collect()
}
