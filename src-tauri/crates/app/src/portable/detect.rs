//! Who wrote a file, by what is in it, and reading it.
//!
//! Nothing is believed of a file: depth is limited by the parser, what is not asked for is passed
//! over without being built, and a fault is told without a word of the content.

use std::collections::HashSet;

use hearth_domain::{ImportFormat, SkipReason, Timestamp};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{Counts, Import, chatgpt, claude, foreign, hearth};
use crate::{Error, Result};

/// What tells the forms apart.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Marks {
    format: Option<String>,
    version: Option<u64>,
    mapping: Option<IgnoredAny>,
    chat_messages: Option<IgnoredAny>,
}

impl Marks {
    fn foreign(&self) -> Option<ImportFormat> {
        match (&self.mapping, &self.chat_messages) {
            (Some(_), None) => Some(ImportFormat::Chatgpt),
            (None, Some(_)) => Some(ImportFormat::Claude),
            _ => None,
        }
    }
}

/// Reads a file.
///
/// # Errors
/// [`Error::ImportUnreadable`], [`Error::ImportNewer`].
pub(super) fn read(text: &str, now: Timestamp) -> Result<Import> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let unreadable = |_| Error::ImportUnreadable;
    if text.starts_with('[') {
        let conversations: Vec<&RawValue> = serde_json::from_str(text).map_err(unreadable)?;
        return foreign_file(&conversations, now);
    }
    let marks: Marks = serde_json::from_str(text).map_err(unreadable)?;
    if marks.foreign().is_some() {
        let conversation: &RawValue = serde_json::from_str(text).map_err(unreadable)?;
        return foreign_file(&[conversation], now);
    }
    match (marks.format.as_deref(), marks.version) {
        (Some(hearth::FORMAT), Some(version)) if version > u64::from(hearth::VERSION) => {
            Err(Error::ImportNewer { found: version, known: hearth::VERSION })
        }
        (Some(hearth::FORMAT), Some(1..)) => hearth::read(text),
        _ => Err(Error::ImportUnreadable),
    }
}

/// A conversation that cannot be read is left out and counted; a file of nothing else is refused.
fn foreign_file(conversations: &[&RawValue], now: Timestamp) -> Result<Import> {
    let marks = |raw: &RawValue| serde_json::from_str::<Marks>(raw.get()).ok();
    let format = conversations.iter().find_map(|raw| marks(raw).and_then(|marks| marks.foreign()));
    let format = format.ok_or(Error::ImportUnreadable)?;
    let mut skipped = Counts::default();
    let mut threads = Vec::new();
    let (mut sound, mut seen) = (false, HashSet::new());
    for raw in conversations {
        let read = match format {
            ImportFormat::Chatgpt => chatgpt::read(raw.get(), &mut skipped),
            ImportFormat::Claude | ImportFormat::Hearth => claude::read(raw.get(), &mut skipped),
        };
        let thread = read.and_then(|read| foreign::thread(read, now, &mut skipped));
        sound |= !matches!(thread, Err(SkipReason::Malformed));
        match thread {
            Ok(thread) if seen.insert(thread.conversation.id) => threads.push(thread),
            Ok(_) => skipped.add(SkipReason::AlreadyHere, 1),
            Err(reason) => skipped.add(reason, 1),
        }
    }
    if !sound {
        return Err(Error::ImportUnreadable);
    }
    Ok(Import { format, folders: Vec::new(), threads, skipped })
}
