//! Text as readers leave it: normal form C, plain line ends, nothing that says nothing.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Characters that are never text in a document that was put together by a reader: controls, marks of
/// direction and joining without effect, tags that spell hidden sentences.
pub(crate) fn is_noise(letter: char) -> bool {
    matches!(
        letter,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Cleans text of several lines: `\n` as line end, no noise, normal form C.
pub(crate) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    let kept: String =
        text.chars().filter(|letter| !is_noise(*letter) && *letter != '\u{ad}').collect();
    if is_nfc_quick(kept.chars()) == IsNormalized::Yes { kept } else { kept.nfc().collect() }
}

/// Cleans a text that is one line: every run of white space is one space.
pub(crate) fn clean_line(text: &str) -> String {
    let cleaned = clean(text);
    let mut line = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A title that is one: short, of letters, and not what a program writes when it knows none.
pub(crate) fn title(text: &str) -> Option<String> {
    const NONE: [&str; 5] = ["untitled", "document", "unknown", "title", "slide 1"];
    let line = clean_line(text);
    let lower = line.to_lowercase();
    let named_by_file = ["microsoft word - ", "microsoft powerpoint - "];
    let file_end =
        [".doc", ".docx", ".pdf", ".indd", ".qxd", ".tex", ".dvi", ".ppt", ".pptx", ".xls"];
    let good = line.chars().any(char::is_alphabetic)
        && line.chars().count() <= 200
        && !line.contains(char::REPLACEMENT_CHARACTER)
        && !NONE.contains(&lower.as_str())
        && !named_by_file.iter().any(|start| lower.starts_with(start))
        && !file_end.iter().any(|end| lower.ends_with(end));
    good.then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_goes_and_what_joins_letters_stays() {
        assert_eq!(clean("a\u{200b}b\u{202e}c\u{e0041}\r\nd\0e\u{301}"), "abc\nd\u{e9}");
        assert_eq!(clean("نمی\u{200c}خواهم"), "نمی\u{200c}خواهم");
        assert_eq!(clean_line("  two \n\t words "), "two words");
    }

    #[test]
    fn a_file_name_is_no_title() {
        assert_eq!(title("Annual  report"), Some("Annual report".to_owned()));
        for none in ["", "Untitled", "Microsoft Word - x", "letter.docx", "123", "\u{fffd}a"] {
            assert_eq!(title(none), None, "{none}");
        }
    }
}
