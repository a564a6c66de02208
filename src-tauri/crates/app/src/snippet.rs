//! The part of a text that shows best what was found in it, cut where words end.

use std::ops::Range;

use hearth_domain::{
    Piece,
    terms::{Hit, Query},
};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// Characters of a part.
const CHARACTERS: usize = 200;
/// Of these, before the first hit.
const BEFORE: usize = 50;
/// Characters that a cut may move to reach the end of a word.
const WORD: usize = 24;
/// Stands where text was left out.
const CUT: &str = "…";

/// How a text was written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Every character is text.
    Plain,
    /// Marks of Markdown around what is found are left out.
    Markdown,
}

/// All of a short text.
pub(crate) fn whole(query: &Query, text: &str) -> Vec<Piece> {
    pieces(text, 0..text.len(), &query.hits(text), Form::Plain)
}

/// The best part of a text: where most of the words are close together.
pub(crate) fn best(query: &Query, text: &str, form: Form) -> Vec<Piece> {
    let hits = query.hits(text);
    let place = around(text, &hits);
    let mut pieces = pieces(text, place.clone(), &hits, form);
    let plain = |text: &str| Piece { text: text.to_owned(), hit: false };
    if place.start > 0 {
        match pieces.first_mut().filter(|piece| !piece.hit) {
            Some(first) => first.text.insert_str(0, CUT),
            None => pieces.insert(0, plain(CUT)),
        }
    }
    if place.end < text.trim_end().len() {
        match pieces.last_mut().filter(|piece| !piece.hit) {
            Some(last) => last.text.push_str(CUT),
            None => pieces.push(plain(CUT)),
        }
    }
    pieces
}

/// Bytes of the text around the best row of hits.
fn around(text: &str, hits: &[Hit]) -> Range<usize> {
    let start = best_start(text, hits);
    let before = text[..start].char_indices().rev();
    let begin = before.take(BEFORE).last().map_or(start, |(index, _)| index);
    let begin = word_begin(text, begin, start);
    let behind = text[begin..].char_indices().nth(CHARACTERS);
    let end = behind.map_or(text.len(), |(index, _)| begin + index);
    begin..word_end(text, start, end)
}

/// The hit from which on most different words, then most words, fit.
fn best_start(text: &str, hits: &[Hit]) -> usize {
    let mut best = (0, 0, 0);
    for (index, first) in hits.iter().enumerate() {
        let limit = first.place.start + CHARACTERS - BEFORE;
        let near = hits[index..].iter().take_while(|hit| hit.place.end <= limit);
        let (mut words, mut count) = (0_u32, 0);
        for hit in near {
            words |= 1 << (hit.phrase % 32);
            count += 1;
        }
        // The first of equals wins: a text says first what it is about.
        if (words.count_ones(), count) > (best.0, best.1) {
            best = (words.count_ones(), count, first.place.start);
        }
    }
    grapheme_before(text, best.2)
}

/// Moves the beginning of a part behind the next space before `limit`, or to a whole grapheme.
fn word_begin(text: &str, begin: usize, limit: usize) -> usize {
    if begin == 0 {
        return 0;
    }
    let near = text[begin..limit].char_indices().take(WORD);
    let space =
        near.filter(|(_, c)| c.is_whitespace()).map(|(i, c)| begin + i + c.len_utf8()).next();
    space.unwrap_or_else(|| grapheme_before(text, begin))
}

/// Moves the end of a part before the last space that comes after `limit`, or to a whole grapheme.
fn word_end(text: &str, limit: usize, end: usize) -> usize {
    if end == text.len() {
        return end;
    }
    let near = text[limit..end].char_indices().rev().take(WORD);
    let space = near.filter(|(_, c)| c.is_whitespace()).map(|(i, _)| limit + i).next();
    space.unwrap_or_else(|| grapheme_before(text, end))
}

/// The place itself, or the beginning of the grapheme that it is inside.
fn grapheme_before(text: &str, place: usize) -> usize {
    let mut cursor = GraphemeCursor::new(place, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
        _ => place,
    }
}

/// The place itself, or the end of the grapheme that it is inside.
fn grapheme_after(text: &str, place: usize) -> usize {
    let start = grapheme_before(text, place);
    if start == place {
        return place;
    }
    start + text[start..].graphemes(true).next().map_or(0, str::len)
}

/// A part of a text, in pieces that are hits and pieces that are not.
fn pieces(text: &str, part: Range<usize>, hits: &[Hit], form: Form) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut add = |place: Range<usize>, hit: bool| {
        if place.is_empty() {
            return;
        }
        let text = match form {
            Form::Markdown if !hit => one_line(&without_marks(text, place)),
            _ => one_line(&text[place]),
        };
        if text.is_empty() {
            return;
        }
        match pieces.last_mut().filter(|last| last.hit == hit) {
            Some(last) => last.text.push_str(&text),
            None => pieces.push(Piece { text, hit }),
        }
    };
    let mut done = part.start;
    for hit in hits {
        let start = grapheme_before(text, hit.place.start).max(done);
        let end = grapheme_after(text, hit.place.end);
        if end <= done || end > part.end {
            continue;
        }
        add(done..start, false);
        add(start..end, true);
        done = end;
    }
    add(done..part.end, false);
    pieces
}

/// A part of a Markdown text without the marks that would be drawn: of code, of strong and struck
/// text, and those that begin a line. A single `*` or `_` inside a line may be meant, and stays.
fn without_marks(text: &str, part: Range<usize>) -> String {
    let line = text[..part.start].rsplit('\n').next().unwrap_or_default();
    let mut begins = line.trim().is_empty();
    let mut plain = String::with_capacity(part.len());
    let mut rest = text[part].chars().peekable();
    while let Some(c) = rest.next() {
        let pair = matches!(c, '*' | '~') && rest.peek() == Some(&c);
        match c {
            '`' => {}
            _ if pair => while rest.next_if_eq(&c).is_some() {},
            '#' | '>' | '*' if begins => {}
            _ if begins && c.is_whitespace() && c != '\n' => {}
            _ => {
                begins = c == '\n';
                plain.push(c);
            }
        }
    }
    plain
}

/// A line break or an indentation is a space here.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        let space = c.is_whitespace();
        if !space {
            line.push(c);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(pieces: &[Piece]) -> String {
        let marked = pieces.iter().map(|piece| match piece.hit {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        });
        marked.collect()
    }

    fn shown(query: &str, text: &str) -> String {
        marked(&best(&Query::parse(query), text, Form::Plain))
    }

    #[test]
    fn a_short_text_is_shown_whole_with_its_hits() {
        assert_eq!(shown("gruss", "Viele Grüße\n  und Gruß"), "Viele [Grüße] und [Gruß]");
        assert_eq!(shown("nothing", "Some text"), "Some text");
        assert_eq!(marked(&whole(&Query::parse("京"), "東京都")), "東[京]都");
    }

    #[test]
    fn of_a_long_text_the_part_is_shown_where_the_words_are_together() {
        let filler = "lorem ipsum dolor sit amet ".repeat(40);
        let text = format!("alpha {filler} alpha and beta here {filler}");
        let shown = shown("alpha beta", &text);
        assert!(shown.contains("[alpha] and [beta] here"), "{shown}");
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.chars().count() <= CHARACTERS + 8, "{shown}");
        let words = shown.trim_matches('…').split_whitespace();
        let known = ["lorem", "ipsum", "dolor", "sit", "amet", "[alpha]", "and", "[beta]", "here"];
        assert!(words.into_iter().all(|word| known.contains(&word)), "{shown}");
    }

    #[test]
    fn no_grapheme_is_cut_in_two() {
        let family = "👨\u{200d}👩\u{200d}👧";
        let text = format!("{}x{}", family.repeat(300), family.repeat(300));
        let shown = shown("x", &text);
        assert!(shown.contains("[x]"), "{shown}");
        let rest = shown.replace(['…', '[', ']', 'x'], "");
        assert!(rest.graphemes(true).all(|grapheme| grapheme == family), "{rest}");
        let uber = best(&Query::parse("u"), "u\u{308}ber", Form::Plain);
        assert_eq!(marked(&uber), "[u\u{308}ber]");
    }

    #[test]
    fn marks_of_markdown_are_not_shown_around_what_was_found() {
        let shown = |query, text| marked(&best(&Query::parse(query), text, Form::Markdown));
        assert_eq!(shown("who", "It was **who**, not `what`."), "It was [who], not what.");
        assert_eq!(shown("title", "# The title\n> and *this* 2*3"), "The [title] and *this* 2*3");
        assert_eq!(shown("code", "```rust\nlet code = **p;\n```"), "rust let [code] = p; ");
        assert_eq!(marked(&best(&Query::parse("a"), "**a**", Form::Plain)), "**[a]**");
    }

    #[test]
    fn five_megabytes_on_one_line_make_a_short_part() {
        let text = format!("{}needle {}", "a1".repeat(1 << 20), "b2".repeat(1 << 20));
        assert!(shown("needle", &text).chars().count() < 260);
        assert!(shown("a1a1", &text).chars().count() < 260);
    }
}
