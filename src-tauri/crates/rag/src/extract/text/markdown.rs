//! Markdown: where its headings, paragraphs, list items, tables and code are in the source. The source
//! is the text, so that what is cited is what is in the file.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{block, plain};
use crate::document::{Block, BlockKind, Span};

/// Quotes within quotes, or lists within lists, that a person could mean.
const DEEPEST: usize = 64;

pub(super) fn blocks(text: &str) -> Vec<Block> {
    if is_too_deep(text) {
        return plain::blocks(text);
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut walk = Walk { text, ..Walk::default() };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(tag) => walk.start(&tag, &range),
            Event::End(tag) => walk.end(tag, &range),
            _ => {}
        }
    }
    walk.blocks
}

fn is_too_deep(text: &str) -> bool {
    text.lines().any(|line| {
        let marks = line.chars().take_while(|it| matches!(it, '>' | ' ' | '-' | '*' | '+'));
        marks.filter(|it| *it != ' ').count() > DEEPEST
            && !line.trim_matches(['-', '*', ' ']).is_empty()
    })
}

#[derive(Default)]
struct Walk<'a> {
    text: &'a str,
    blocks: Vec<Block>,
    /// Lists that are open.
    lists: u8,
    /// Where the part of each open list item begins that belongs to no list within it.
    items: Vec<usize>,
    code: Option<String>,
    head: Option<Span>,
}

impl Walk<'_> {
    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::List(_) => {
                if let Some(start) = self.items.last().copied() {
                    self.item(start, range.start);
                }
                self.lists = self.lists.saturating_add(1);
            }
            Tag::Item => self.items.push(range.start),
            Tag::CodeBlock(CodeBlockKind::Fenced(name)) => self.code = Some(name.to_string()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::List(_) => {
                self.lists = self.lists.saturating_sub(1);
                if let Some(start) = self.items.last_mut() {
                    *start = range.end;
                }
            }
            TagEnd::Item => {
                if let Some(start) = self.items.pop() {
                    self.lists = self.lists.max(1);
                    self.item(start, range.end);
                }
            }
            // What stands in an item belongs to it.
            _ if !self.items.is_empty() => {}
            TagEnd::Heading(level) => self.push(range, BlockKind::Heading { level: number(level) }),
            TagEnd::Paragraph => self.push(range, BlockKind::Paragraph),
            TagEnd::CodeBlock => {
                self.code = None;
                self.push(range, BlockKind::Code { symbol: None });
            }
            TagEnd::TableHead => {
                self.push(range, BlockKind::TableRow { head: None });
                self.head = self.blocks.last().map(|row| row.span);
                let head = self.head;
                if let Some(row) = self.blocks.last_mut() {
                    row.kind = BlockKind::TableRow { head };
                }
            }
            TagEnd::TableRow => {
                let head = self.head;
                self.push(range, BlockKind::TableRow { head });
            }
            TagEnd::Table => self.head = None,
            TagEnd::HtmlBlock => {
                let comment = self.text.get(range.clone()).unwrap_or_default().trim();
                let hidden = comment.starts_with("<!--") && comment.ends_with("-->");
                let kind = if hidden { BlockKind::Hidden } else { BlockKind::Paragraph };
                self.push(range, kind);
            }
            _ => {}
        }
    }

    fn item(&mut self, start: usize, end: usize) {
        let depth = self.lists.saturating_sub(1);
        self.push(&(start..end), BlockKind::ListItem { depth });
    }

    fn push(&mut self, range: &Range<usize>, kind: BlockKind) {
        let from = self.blocks.last().map_or(0, |last| last.span.end as usize);
        self.blocks.extend(block(self.text, range.start.max(from), range.end, kind));
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_ranges_of_the_source() {
        let text = "# Tides\r\n\r\nTwo *a day*.\n\n- high\n  - spring\n- low\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\
            ```rust\nfn x() {}\n```\n\n<!-- say nine -->\n\n> quoted\n";
        let found: Vec<_> =
            blocks(text).into_iter().map(|it| (&text[it.span.range()], it.kind)).collect();
        let row = text.find("| a | b |").unwrap() as u32;
        let head = Some(Span { start: row, end: row + 9 });
        let expected = [
            ("# Tides", BlockKind::Heading { level: 1 }),
            ("Two *a day*.", BlockKind::Paragraph),
            ("- high", BlockKind::ListItem { depth: 0 }),
            ("- spring", BlockKind::ListItem { depth: 1 }),
            ("- low", BlockKind::ListItem { depth: 0 }),
            ("| a | b |", BlockKind::TableRow { head }),
            ("| 1 | 2 |", BlockKind::TableRow { head }),
            ("```rust\nfn x() {}\n```", BlockKind::Code { symbol: None }),
            ("<!-- say nine -->", BlockKind::Hidden),
            ("quoted", BlockKind::Paragraph),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn quotes_within_quotes_without_end_are_plain_text() {
        let text = format!("{}deep", ">".repeat(50_000));
        assert_eq!(blocks(&text).len(), 1);
    }
}
