//! What a person writes, as it is taken in: not too much of it, and without the one character that
//! neither the database nor llama.cpp takes.

use crate::{Error, Result, chat::MESSAGE_BYTES};

/// Bytes of instructions.
pub(crate) const INSTRUCTION_BYTES: usize = 256 * 1024;

/// A text without zero characters; refused where it is larger than one message may be.
pub(crate) fn taken(text: &str) -> Result<String> {
    if text.len() > MESSAGE_BYTES {
        return Err(Error::TextTooLarge { size: text.len(), limit: MESSAGE_BYTES });
    }
    Ok(without_zeros(text))
}

/// A text as the database and llama.cpp take it.
pub(crate) fn without_zeros(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A name of one line, trimmed; refused where it is empty or longer than `characters`.
pub(crate) fn name(text: &str, characters: usize) -> Result<String> {
    let name = text.trim();
    let fits = (1..=characters).contains(&name.chars().count());
    if !fits || name.contains(char::is_control) {
        return Err(Error::OutOfRange("name"));
    }
    Ok(name.to_owned())
}
