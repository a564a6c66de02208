//! The question: what was typed, with what came through a pipe or from a file added to it.

use std::io::{self, IsTerminal, Read};

use crate::failure::Failure;

/// Bytes read from standard input; what a question may have is the business of the program.
const INPUT_BYTES: u64 = 16 * 1024 * 1024;

/// Reads the whole question.
pub(super) fn read(typed: Option<&str>) -> Result<String, Failure> {
    let stdin = io::stdin();
    let piped = if stdin.is_terminal() { String::new() } else { text_of(stdin.lock())? };
    Ok(join(typed.unwrap_or_default(), &piped))
}

fn text_of(input: impl Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    input.take(INPUT_BYTES + 1).read_to_end(&mut bytes).map_err(Failure::InputUnreadable)?;
    if bytes.len() as u64 > INPUT_BYTES {
        return Err(Failure::InputTooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::InputNotText)?;
    // A text file has no zero bytes; a program, a picture or UTF-16 does.
    if text.contains('\0') { Err(Failure::InputNotText) } else { Ok(text) }
}

/// Line ends at the very end belong to the pipe (`echo`), not to the question, as in `$(…)`.
fn join(typed: &str, piped: &str) -> String {
    let piped = piped.trim_end_matches(['\n', '\r']);
    match (typed.is_empty(), piped.trim().is_empty()) {
        (_, true) => typed.to_owned(),
        (true, false) => piped.to_owned(),
        (false, false) => format!("{typed}\n\n{piped}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_piped_comes_after_what_was_typed() {
        assert_eq!(join("Why?", "because\n\r\n"), "Why?\n\nbecause");
        assert_eq!(join("", "because"), "because");
        assert_eq!(join("Why?", " \n"), "Why?");
        assert_eq!(join("", ""), "");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(matches!(text_of(&b"\xff\xfe"[..]), Err(Failure::InputNotText)));
        assert!(matches!(text_of(&b"a\0b"[..]), Err(Failure::InputNotText)));
        assert_eq!(text_of("grüezi".as_bytes()).unwrap(), "grüezi");
    }

    #[test]
    fn more_than_any_question_has_is_not_read_to_its_end() {
        assert!(matches!(text_of(io::repeat(b'a')), Err(Failure::InputTooLarge)));
    }
}
