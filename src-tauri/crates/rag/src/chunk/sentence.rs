//! Where sentences end. Unicode's own rules, after two repairs: a line that ends inside a sentence does
//! not end it, and what is too short to be a sentence (`Dr.`, `3.`) belongs to the one that follows.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Bytes below which a piece is no sentence of its own.
const LEAST: usize = 24;

/// The sentences of a text as ranges of its bytes, without the white space around them.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    // The same number of bytes, so that offsets stay.
    let flat = text.replace(['\n', '\r'], " ");
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (start, sentence) in flat.split_sentence_bound_indices() {
        let end = start + sentence.trim_end().len();
        let start = open.take().unwrap_or(start + (sentence.len() - sentence.trim_start().len()));
        if end <= start {
            open = (end < start).then_some(start).filter(|start| *start < text.len());
            continue;
        }
        if end - start < LEAST {
            open = Some(start);
        } else {
            found.push(start..end);
        }
    }
    if let Some(start) = open {
        let end = text.trim_end().len();
        match found.last_mut() {
            Some(last) if start < end => last.end = end,
            None if start < end => found.push(start..end),
            _ => {}
        }
    }
    found
}

/// The lines of a text as ranges of its bytes, without those that are empty. Their indentation stays.
pub(super) fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let all = text.split_inclusive('\n').map(|line| {
        let range = start..start + line.trim_end().len();
        start += line.len();
        range
    });
    all.filter(|range| !range.is_empty()).collect()
}

/// Whether a text is set in lines that mean something (source code, a listing), whatever it is called.
pub(super) fn is_set_in_lines(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_code = |line: &&&str| {
        line.ends_with([';', '{', '}', '(', ')', ',', ':', '\\', '>', '='])
            || line.starts_with([' ', '\t'])
    };
    lines.len() >= 4 && lines.iter().filter(is_code).count() * 2 >= lines.len()
}

/// Cuts a range into pieces of at most so many characters, at white space where there is some.
pub(super) fn split_long(text: &str, range: &Range<usize>, most: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let rest = &text[start..range.end];
        let Some((hard, _)) = rest.char_indices().nth(most) else {
            pieces.push(start..range.end);
            break;
        };
        let soft = rest[..hard].rfind(char::is_whitespace).filter(|soft| *soft > hard / 2);
        let end = start + soft.unwrap_or(hard);
        pieces.push(start..end);
        let skipped = text[end..range.end].len() - text[end..range.end].trim_start().len();
        start = end + skipped;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(
            cut(
                "Dr. Ames found the moon made of basalt.  It was\nnot a surprise to anybody! See p. 3."
            ),
            [
                "Dr. Ames found the moon made of basalt.",
                "It was\nnot a surprise to anybody! See p. 3."
            ]
        );
        assert_eq!(
            cut(
                "東京は日本の首都であり、世界最大の都市の一つです。人口は約千四百万人と言われています。"
            ),
            [
                "東京は日本の首都であり、世界最大の都市の一つです。",
                "人口は約千四百万人と言われています。"
            ]
        );
        assert_eq!(cut("short"), ["short"]);
        assert_eq!(cut(" \n "), Vec::<&str>::new());
    }

    #[test]
    fn nothing_of_a_text_is_lost_between_sentences_but_white_space() {
        let text =
            "One. Two two two two two two two two. \n\n Three three three three three three. 4. ";
        let mut at = 0;
        for range in sentences(text) {
            assert!(text[at..range.start].trim().is_empty(), "{:?}", &text[at..range.start]);
            at = range.end;
        }
        assert!(text[at..].trim().is_empty());
    }

    #[test]
    fn code_is_told_from_prose_by_its_lines() {
        assert!(is_set_in_lines("fn main() {\n    let a = 1;\n    call(a);\n}\n"));
        assert!(!is_set_in_lines(
            "It was a dark night,\nand the keeper slept.\nNobody came.\nThe end.\n"
        ));
    }

    #[test]
    fn a_line_without_end_is_cut_at_spaces_where_it_has_some() {
        let text = "word ".repeat(1000);
        let pieces = split_long(&text, &(0..text.len()), 100);
        assert!(pieces.iter().all(|piece| text[piece.clone()].chars().count() <= 100));
        assert!(pieces.iter().all(|piece| text[piece.clone()].starts_with("word")));
        let solid = "字".repeat(1000);
        assert_eq!(split_long(&solid, &(0..solid.len()), 300).len(), 4);
    }
}
