//! Tags of documents, and documents by their names.

use std::sync::Arc;

use hearth_domain::{CollectionId, FileId, LibraryMatches, Tag};
use hearth_store::Writer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{App, Error, Result, text};

/// Characters of a tag.
const TAG_CHARACTERS: usize = 40;
/// Tags of one change.
const TAGS: usize = 20;
/// Documents of one change.
const FILES: usize = 1000;
/// Of each kind that is named.
const MATCHES: usize = 20;

/// Gives documents tags, and takes others away.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TagChange {
    /// Which documents.
    pub files: Vec<FileId>,
    /// Tags that they carry from now on, 1 to 40 characters each.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub add: Vec<String>,
    /// Tags that they carry no longer.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub remove: Vec<String>,
}

impl App {
    /// Gives documents tags, and takes others away: all of it or nothing.
    ///
    /// # Errors
    /// A document that is not known, a tag or a number out of range, or a database that cannot be
    /// written.
    pub async fn file_tag(&self, change: TagChange) -> Result<()> {
        let TagChange { files, add, remove } = change;
        if files.len() > FILES || add.len() + remove.len() > TAGS {
            return Err(Error::OutOfRange("files"));
        }
        let named = |tags: Vec<String>| {
            tags.iter().map(|tag| text::name(tag, TAG_CHARACTERS)).collect::<Result<Vec<_>>>()
        };
        let (add, remove) = (named(add)?, named(remove)?);
        let tag = move |w: &mut Writer<'_>| {
            files.iter().try_for_each(|file| w.file_tag(*file, &add, &remove))
        };
        self.db.write(tag).await
    }

    /// The tags of a collection's documents, or of all, by name.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn tag_list(&self, collection: Option<CollectionId>) -> Result<Vec<Tag>> {
        self.db.read(move |r| r.tag_list(collection)).await
    }

    /// Collections, folders, tags and documents with this text in their names; without one the
    /// documents that came last.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn library_find(self: &Arc<Self>, text: String) -> Result<LibraryMatches> {
        self.db.read(move |r| r.library_find(&text, MATCHES)).await
    }
}
