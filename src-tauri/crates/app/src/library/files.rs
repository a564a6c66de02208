//! The files of a collection: lists, a document as the index sees it, another try, a password.

use hearth_domain::{CollectionId, DocumentView, FileId, FilePage, FileState, Secret};
use hearth_rag::document::{CodePoints, Document, Format, Unit};
use hearth_store::FileFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::scan::hash_file;
use crate::{App, Error, Result, app::lock, db::blocking};

/// Files of one page of the list.
const LARGEST_PAGE: u32 = 1000;

/// Asks for files of a collection.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FileQuestion {
    /// Which collection.
    pub collection: CollectionId,
    /// Only those in this state.
    #[serde(default)]
    #[ts(optional)]
    pub state: Option<FileState>,
    /// Only those whose place has this text in it.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub text: String,
    /// Only those that carry this tag.
    #[serde(default)]
    #[ts(optional)]
    pub tag: Option<String>,
    /// How many are passed over.
    #[serde(default)]
    #[ts(optional, as = "Option<u32>")]
    pub offset: u32,
    /// How many are wanted, 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    pub limit: u32,
}

impl App {
    /// Files of a collection, those first that want something.
    ///
    /// # Errors
    /// An unknown collection, a limit out of range, or a database that cannot be read.
    pub async fn file_list(&self, question: FileQuestion) -> Result<FilePage> {
        if !(1..=LARGEST_PAGE).contains(&question.limit) {
            return Err(Error::OutOfRange("limit"));
        }
        let FileQuestion { collection, state, text, tag, offset, limit } = question;
        let filter = FileFilter { state, text, tag, offset, limit };
        self.db
            .read(move |r| {
                r.collection(collection)?;
                r.file_list(collection, &filter)
            })
            .await
    }

    /// A document as the index sees it.
    ///
    /// # Errors
    /// A file that is not known or has no text, or a database that cannot be read.
    pub async fn document_get(&self, id: FileId) -> Result<DocumentView> {
        let (stored, listed, bytes) = self
            .db
            .read(move |r| {
                let stored = r.file(id)?;
                let bytes = r.document(stored.seq)?;
                Ok((stored, r.file_listed(id)?, bytes))
            })
            .await?;
        blocking(move || {
            let gone = Error::Store(hearth_store::Error::DocumentNotFound);
            let document = Document::from_bytes(&bytes).ok_or(gone)?;
            let points = CodePoints::new(&document.text);
            let has_pages = document.unit != Unit::Whole;
            let pages = document.pages.iter().filter(|_| has_pages);
            let pages = pages.map(|page| points.at_byte(page.span.start as usize) as u64).collect();
            let now =
                if stored.row.is_empty() { hash_file(&stored.path).ok() } else { stored.hash };
            let changed = now != stored.hash;
            let pictures = document.format == Format::Pdf && has_pages && stored.row.is_empty();
            let text = document.text;
            Ok::<_, Error>(DocumentView { file: listed, text, pages, pictures, changed })
        })
        .await
    }

    /// Asks again for a file that failed or was left out; with a password where it needs one, which
    /// is forgotten when the file was read.
    ///
    /// # Errors
    /// A file that is not known, or a database that cannot be written.
    pub async fn file_retry(&self, id: FileId, password: Option<Secret<String>>) -> Result<()> {
        let seq = self.db.read(move |r| r.file(id)).await?.seq;
        if let Some(password) = password {
            lock(&self.library.passwords).insert(id, password);
        }
        self.db.write(move |w| w.queue_retry(seq)).await?;
        self.library.wake.notify_one();
        Ok(())
    }

    /// Asks again for everything of a collection that failed, and looks through its folders.
    ///
    /// # Errors
    /// An unknown collection, or a database that cannot be written.
    pub async fn collection_retry(&self, id: CollectionId) -> Result<()> {
        self.db
            .write(move |w| {
                w.collection(id)?;
                w.queue_retry_all(id)
            })
            .await?;
        self.library.wake.notify_one();
        self.library.look.notify_one();
        Ok(())
    }
}
