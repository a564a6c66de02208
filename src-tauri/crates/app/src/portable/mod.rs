//! Taking conversations out of Hearth and into it. The form of our own file is described in
//! `src-tauri/docs/export.md`.

mod chatgpt;
mod claude;
mod dates;
mod detect;
mod file;
mod foreign;
mod hearth;
mod markdown;
mod name;
mod take_in;
mod thread;

use std::collections::BTreeMap;

use hearth_domain::{
    ConversationId, ExportFile, ExportFormat, ImportFormat, ImportReport, SkipReason, Skipped,
};
use hearth_store::Reader;

use self::thread::Thread;
use crate::{App, Error, Result, db::blocking};

pub use file::read_import_file;

/// Bytes of a file that are taken in at all.
const IMPORT_BYTES: usize = 256 * 1024 * 1024;
/// Conversations that can be named at once.
const NAMED: usize = 10_000;

/// What was read of a file.
struct Import {
    format: ImportFormat,
    folders: Vec<hearth_domain::Folder>,
    threads: Vec<Thread>,
    skipped: Counts,
}

/// How many of what was left out.
#[derive(Debug, Default)]
struct Counts(BTreeMap<SkipReason, u32>);

impl Counts {
    fn add(&mut self, reason: SkipReason, count: usize) {
        if count > 0 {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            let sum = self.0.entry(reason).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    fn into_skipped(self) -> Vec<Skipped> {
        self.0.into_iter().map(|(reason, count)| Skipped { reason, count }).collect()
    }
}

impl App {
    /// Conversations as the text of a file: the named ones, or all that are not deleted.
    ///
    /// # Errors
    /// An unknown conversation, too many of them, or a database that cannot be read.
    pub async fn conversation_export(
        &self,
        conversations: Option<Vec<ConversationId>>,
        format: ExportFormat,
    ) -> Result<ExportFile> {
        if conversations.as_ref().is_some_and(|ids| ids.is_empty() || ids.len() > NAMED) {
            return Err(Error::OutOfRange("conversations"));
        }
        let now = self.now();
        let (text, titles) = self
            .db
            .read(move |r| {
                let ids = conversations.map_or_else(|| r.conversation_ids(), Ok)?;
                match format {
                    ExportFormat::Json => hearth::write(r, &ids, now),
                    ExportFormat::Markdown => markdown::write(r, &ids),
                }
            })
            .await?;
        let name = name::of_file(&titles, now, format);
        let conversations = u32::try_from(titles.len()).unwrap_or(u32::MAX);
        Ok(ExportFile { name, text, conversations })
    }

    /// Takes in the text of an export file of Hearth, ChatGPT or Claude.
    ///
    /// # Errors
    /// A file of no known shape, from a newer version or cut short (nothing was taken in then), or
    /// a database that cannot be written.
    pub async fn conversation_import(&self, text: String) -> Result<ImportReport> {
        self.check_open()?;
        if text.len() > IMPORT_BYTES {
            return Err(Error::TextTooLarge { size: text.len(), limit: IMPORT_BYTES });
        }
        let now = self.now();
        let import = blocking(move || detect::read(&text, now)).await?;
        let taken = self.db.write(move |w| take_in::run(w, import, now)).await;
        taken.map_err(|error| match error {
            // A message of the file has the name of one that is here, in another conversation.
            Error::Store(hearth_store::Error::Conflict) => Error::ImportUnreadable,
            other => other,
        })
    }
}

/// Conversations in the order in which they are named, each once.
fn each(
    r: &Reader<'_>,
    ids: &[ConversationId],
    mut add: impl FnMut(hearth_domain::Conversation) -> hearth_store::Result<()>,
) -> hearth_store::Result<Vec<String>> {
    let mut titles = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for id in ids.iter().filter(|id| seen.insert(**id)) {
        let conversation = r.conversation(*id)?;
        titles.push(conversation.title.clone());
        add(conversation)?;
    }
    Ok(titles)
}
