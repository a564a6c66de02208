//! What stands before a passage in both indexes: a passage that says "the term is five years" is found
//! by the name of its file, its title and the headings above it.

use super::{Origin, PieceCount};
use crate::document::{Document, Span};

/// Characters of one part.
const PART: usize = 120;
/// Pieces of a header; what is left of the embedder's length is for the text.
const PIECES: usize = 60;
/// The least that a first line of a page says anything with.
const LEAST_LINE: usize = 8;

/// What is the same for every passage of a document.
pub(super) struct Headers<'a> {
    document: &'a Document,
    file: String,
    title: String,
    /// The first line of each page.
    first_lines: Vec<Span>,
}

impl<'a> Headers<'a> {
    pub(super) fn new(document: &'a Document, origin: Origin<'_>) -> Self {
        let title = origin.title.or(document.title.as_deref()).unwrap_or_default();
        let file = name_in_words(origin.file_name);
        let title = shortened(title);
        // A title that is the name again says nothing more.
        let title = if name_in_words(&title) == file { String::new() } else { title };
        Self { document, file, title, first_lines: first_lines(document) }
    }

    /// The header of a passage. A heading that is in the passage itself is left out.
    pub(super) fn of(
        &self,
        span: Span,
        page: usize,
        heading: &[String],
        head: Option<Span>,
        counter: &dyn PieceCount,
    ) -> String {
        let text = self.document.slice(span);
        let mut parts: Vec<String> = Vec::new();
        let mut push = |part: &str| {
            let part = shortened(part);
            if !part.is_empty() && !text.starts_with(&part) && !parts.contains(&part) {
                parts.push(part);
            }
        };
        push(&self.file);
        push(&self.title);
        for heading in heading {
            push(heading);
        }
        if let Some(line) = self.first_lines.get(page).filter(|line| line.end <= span.start) {
            push(self.document.slice(*line));
        }
        if let Some(head) = head.filter(|head| head.end <= span.start) {
            push(self.document.slice(head));
        }
        while parts.len() > 1 && counter.pieces(&parts.join(". ")) > PIECES {
            // The parts in the middle are the least: the name and the nearest are kept.
            parts.remove(parts.len() / 2);
        }
        let header = parts.join(". ");
        match counter.pieces(&header) > PIECES {
            true => header.chars().take(PIECES).collect(),
            false => header,
        }
    }
}

/// `2023_annual-report.pdf` is `2023 annual report`.
fn name_in_words(file_name: &str) -> String {
    let stem = match file_name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => stem,
        _ => file_name,
    };
    let words = stem.split(|c: char| c.is_whitespace() || matches!(c, '_' | '-' | '.' | '+'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    shortened(&words.join(" "))
}

/// One line of bounded length.
fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(PART).collect::<String>().trim_end().to_owned()
}

/// The first line of each page that has more than one; a document of one piece has none.
fn first_lines(document: &Document) -> Vec<Span> {
    if document.pages.len() < 2 {
        return Vec::new();
    }
    let line = |number: usize, page: Span| {
        let from = document.blocks.partition_point(|block| block.span.start < page.start);
        let on_page = document.blocks[from..].iter().take_while(|block| block.span.end <= page.end);
        // A line that every page repeats does not tell one from the other.
        let first = on_page.into_iter().find(|block| block.kind.is_content())?.span;
        let line = document.slice(first).lines().next().unwrap_or_default();
        (line.len() >= LEAST_LINE || number > 0)
            .then(|| Span { start: first.start, end: first.start + line.len() as u32 })
    };
    let pages = document.pages.iter().enumerate();
    pages.map(|(number, page)| line(number, page.span).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_in_words() {
        for (name, words) in [
            ("2023_annual-report.final.pdf", "2023 annual report final"),
            (".env", "env"),
            ("no ending", "no ending"),
            ("", ""),
        ] {
            assert_eq!(name_in_words(name), words);
        }
    }
}
