//! What is typed without being shown: the passphrase of locked data, unless a file is named that has it,
//! and passwords of documents. Neither is ever an argument, where every program of the computer could
//! read it.

use std::{
    borrow::Cow,
    env, fs,
    io::{self, IsTerminal},
    path::Path,
};

use hearth_api::ApiError;
use hearth_domain::{ErrorCode, Secret};
use rustyline::{
    ColorMode, Config, Editor, Helper, completion,
    error::ReadlineError,
    highlight::{CmdKind, Highlighter},
    hint,
    history::MemHistory,
    validate,
};

use crate::{
    failure::Failure,
    out::{self, Out},
    terminal,
};

/// More than any passphrase.
const LONGEST: u64 = 4096;
/// Terminals on which nothing that is typed can be hidden.
const PLAIN: [&str; 3] = ["dumb", "cons25", "emacs"];

/// The passphrase, from wherever it can be had.
pub(crate) async fn read(file: Option<&Path>, out: Out) -> Result<Secret<String>, Failure> {
    if let Some(file) = file {
        return of_file(file);
    }
    if !can_be_typed(out) {
        let text =
            "the data is locked by a passphrase; name a file with it: --passphrase-file FILE";
        return Err(ApiError::new(ErrorCode::Locked, text).into());
    }
    out.note("The data is locked.");
    terminal::typed(|| typed("Passphrase: ")).await?
}

/// The password of a document, typed by a person; `None` where nobody can be asked.
pub(crate) async fn of_document(name: &str, out: Out) -> Result<Option<Secret<String>>, Failure> {
    if !can_be_typed(out) {
        return Ok(None);
    }
    let prompt = format!("Password of {}: ", out::one_line(name));
    terminal::typed(move || typed(&prompt)).await?.map(Some)
}

/// Whether a person can type what nobody is to see.
fn can_be_typed(out: Out) -> bool {
    let plain = env::var("TERM").is_ok_and(|term| PLAIN.contains(&term.as_str()));
    !plain && !out.is_json() && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The first line of a file; the end of the line is not part of it.
fn of_file(file: &Path) -> Result<Secret<String>, Failure> {
    let meta = fs::metadata(file).map_err(Failure::PassphraseFile)?;
    if meta.len() > LONGEST {
        return Err(Failure::PassphraseFile(io::ErrorKind::FileTooLarge.into()));
    }
    let text = Secret::new(fs::read_to_string(file).map_err(Failure::PassphraseFile)?);
    let line = text.expose().lines().next().unwrap_or_default();
    Ok(Secret::new(line.to_owned()))
}

fn typed(prompt: &str) -> Result<Secret<String>, Failure> {
    let config = Config::builder().color_mode(ColorMode::Forced).auto_add_history(false).build();
    let editor = Editor::<Masked, MemHistory>::with_history(config, MemHistory::new());
    let mut editor = editor.map_err(Failure::Prompt)?;
    editor.set_helper(Some(Masked));
    match editor.readline(prompt) {
        Ok(line) => Ok(Secret::new(line)),
        Err(ReadlineError::Interrupted | ReadlineError::Eof) => Err(Failure::Interrupted),
        Err(error) => Err(Failure::Prompt(error)),
    }
}

/// Shows a dot for each letter.
struct Masked;

impl Highlighter for Masked {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        Cow::Owned("•".repeat(line.chars().count()))
    }

    fn highlight_char(&self, _line: &str, _pos: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

impl completion::Completer for Masked {
    type Candidate = String;
}

impl hint::Hinter for Masked {
    type Hint = String;
}

impl validate::Validator for Masked {}

impl Helper for Masked {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_its_first_line_and_nothing_is_trimmed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passphrase");
        for (content, passphrase) in [("a b\n", "a b"), (" a ", " a "), ("a\r\nb", "a"), ("", "")] {
            fs::write(&file, content).unwrap();
            assert_eq!(of_file(&file).unwrap().expose(), passphrase);
        }
        assert!(of_file(&folder.path().join("none")).is_err());
    }

    #[test]
    fn nothing_of_what_is_typed_is_shown() {
        assert_eq!(Masked.highlight("sesame", 0), "••••••");
    }
}
