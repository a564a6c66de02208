//! The one place that writes: text and JSON to standard output, notes and errors to standard
//! error.

use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use serde::Serialize;
use serde_json::json;

use crate::failure::Failure;

/// Where a command writes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    json: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether programs read along.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Whether a person sees notes and progress.
    pub(crate) fn has_terminal(self) -> bool {
        !self.json && io::stderr().is_terminal()
    }

    /// A part of a text that somebody reads, at once.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        write_out(&shown(text))
    }

    /// A text that becomes a file, as it is; on a terminal as it may be shown there.
    pub(crate) fn file(self, text: &str) -> Result<(), Failure> {
        if io::stdout().is_terminal() { self.text(text) } else { write_out(text) }
    }

    /// A line, and never more than one.
    pub(crate) fn line(self, line: &str) -> Result<(), Failure> {
        write_out(&format!("{}\n", one_line(line)))
    }

    /// One JSON object on a line of its own.
    pub(crate) fn object(self, object: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(object).map_err(Failure::NoJson)?;
        write_out(&format!("{text}\n"))
    }

    /// A sentence beside the result. Nobody can be told where standard error is closed.
    pub(crate) fn note(self, sentence: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", shown(sentence));
    }

    /// Says why a command was not done, for programs or for people.
    pub(crate) fn failure(self, failure: &Failure) -> ExitCode {
        if self.json {
            let error = json!({"code": failure.code().as_str(), "message": failure.to_string()});
            self.note(&error.to_string());
        } else {
            self.note(&failure.for_people());
        }
        failure.exit_code()
    }
}

fn write_out(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(Failure::OutputClosed)
}

/// What a terminal may be given of a text: signs that move its cursor, rename its window or fill its
/// clipboard are replaced (AC-38). Line ends and tabs stay.
fn shown(text: &str) -> Cow<'_, str> {
    replaced(text, |letter| letter.is_control() && !matches!(letter, '\n' | '\t'))
}

/// The same on one line, in the order in which it is written.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    replaced(text, |letter| (letter.is_control() && letter != '\t') || turns_around(letter))
}

/// Signs that turn the order of letters around: a name could look like another.
fn turns_around(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn replaced(text: &str, unwanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.contains(&unwanted) {
        let fill = char::REPLACEMENT_CHARACTER;
        text.chars().map(|letter| if unwanted(letter) { fill } else { letter }).collect()
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac_38_no_answer_controls_the_terminal() {
        let clipboard = "Fine.\u{1b}]52;c;cm0gLXJm\u{7} \u{9b}2J\rHidden\n\tnext";
        let safe = "Fine.\u{fffd}]52;c;cm0gLXJm\u{fffd} \u{fffd}2J\u{fffd}Hidden\n\tnext";
        assert_eq!(shown(clipboard), safe);
        assert_eq!(shown("Grüße, 世界 👋\n"), "Grüße, 世界 👋\n");
    }

    #[test]
    fn ac_38_a_name_makes_no_line_of_its_own_and_does_not_look_like_another() {
        assert_eq!(one_line("a\nLeft out: b\r.pdf"), "a\u{fffd}Left out: b\u{fffd}.pdf");
        assert_eq!(one_line("report\u{202e}fdp.exe"), "report\u{fffd}fdp.exe");
        assert_eq!(one_line("عقد.pdf"), "عقد.pdf");
    }
}
