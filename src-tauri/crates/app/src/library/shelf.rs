//! The index and the embedder, opened when the first of them is needed, and reading a file.

use std::{path::PathBuf, sync::Arc, time::Duration};

use hearth_domain::Secret;
use hearth_rag::{
    chunk::{EstimatedPieces, PieceCount},
    document::Document,
    embed::{Embedder, EmbedderFiles, OnDemand},
    extract::Refusal,
    worker::Source,
};
use hearth_store::StoredFile;

use super::{index::StoredIndex, scan::hash_file, walk, work::Reading};
use crate::{App, Error, Result, app::lock, db::blocking};

/// Reading it again takes a quarter of a second, which a person who asks now and then would notice.
const EMBEDDER_UNUSED: Duration = Duration::from_secs(240);

/// What a search and the queue need.
pub(super) struct Shelf {
    pub(super) index: StoredIndex,
    /// `None` where its files are missing: words alone decide then.
    pub(super) embedder: Option<OnDemand>,
}

impl Shelf {
    /// Who counts the pieces of a text.
    pub(super) fn pieces(&self) -> &dyn PieceCount {
        match &self.embedder {
            Some(embedder) => embedder,
            None => &EstimatedPieces,
        }
    }
}

impl App {
    /// The index and the embedder.
    pub(super) async fn shelf(&self) -> Result<Arc<Shelf>> {
        let open = async {
            let (db, folders) = (self.db.clone(), self.config.models_dirs.clone());
            blocking(move || {
                let embedder = embedder(&folders);
                let space = embedder.as_ref().map(|embedder| embedder.space());
                let index = StoredIndex::open(db, space)?;
                Ok::<_, Error>(Arc::new(Shelf { index, embedder }))
            })
            .await
        };
        self.library.shelf.get_or_try_init(|| open).await.cloned()
    }

    /// Gives the memory of the embedder back where nobody used it for a while.
    pub(super) fn rest_embedder(&self) {
        let shelf = self.library.shelf.get();
        if let Some(embedder) = shelf.and_then(|shelf| shelf.embedder.as_ref()) {
            embedder.rest(EMBEDDER_UNUSED);
        }
    }

    /// Forgets in memory what is gone from the database.
    pub(crate) async fn forget_in_index(&self) -> Result<()> {
        let Some(shelf) = self.library.shelf.get().cloned() else { return Ok(()) };
        blocking(move || shelf.index.refresh()).await
    }
}

/// The bundled embedder, from the first folder that has it.
fn embedder(folders: &[PathBuf]) -> Option<OnDemand> {
    let files = folders.iter().find_map(|folder| EmbedderFiles::in_folder(folder).ok())?;
    match OnDemand::open(files) {
        Ok(embedder) => Some(embedder),
        Err(error) => {
            tracing::warn!(%error, "documents are found by their words alone");
            None
        }
    }
}

/// Reads a file of the queue: in a child process, or from the database where it is a row.
pub(super) fn read(app: &App, file: &StoredFile) -> Result<std::result::Result<Reading, Refusal>> {
    if !file.row.is_empty() {
        let bytes = app.db.store().read(|r| r.document(file.seq))?;
        let hash = blake3::hash(&bytes).into();
        let (size, mtime) = (file.size, file.mtime);
        let document = Document::from_bytes(&bytes).ok_or(Refusal::Broken);
        return Ok(document.map(|document| Reading { document, hash, size, mtime }));
    }
    let Some((size, mtime)) = walk::facts(&file.path) else { return Ok(Err(Refusal::Unreadable)) };
    let password = lock(&app.library.passwords).remove(&file.id);
    let password = password.as_ref().map(Secret::expose).cloned();
    let read = Source::open(&file.path).and_then(|source| {
        // Hashed before it is read: a change in between makes the next look find another content.
        let hash = hash_file(&file.path).map_err(|_| Refusal::Unreadable)?;
        let document = lock(&app.library.reader).read(source.with_password(password))?;
        Ok(Reading { document, hash, size, mtime })
    });
    Ok(read)
}
