//! The one place that writes: text and JSON to standard output, notes and errors to standard
//! error.

use std::{
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

    /// A part of a text, at once.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(Failure::OutputClosed)
    }

    /// A line.
    pub(crate) fn line(self, line: &str) -> Result<(), Failure> {
        self.text(&format!("{line}\n"))
    }

    /// One JSON object on a line of its own.
    pub(crate) fn object(self, object: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(object).map_err(Failure::NoJson)?;
        self.line(&text)
    }

    /// A sentence beside the result. Nobody can be told where standard error is closed.
    pub(crate) fn note(self, sentence: &str) {
        let _ = writeln!(io::stderr().lock(), "{sentence}");
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
