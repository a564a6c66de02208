//! The one who works on the queue: files are read, cut, embedded and made searchable, a few at a time.
//!
//! Each step is on disk before the next begins, and each can be done again: passages that are there
//! keep their vector, so a file that was interrupted goes on where it was. While somebody waits for an
//! answer nothing is embedded.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use hearth_domain::{CollectionId, FileState};
use hearth_rag::{
    chunk::{self, Chunk, Origin},
    document::{Document, OmissionKind, READER_VERSION, Unit},
    extract::Refusal,
    index::Index,
};
use hearth_store::{Searchable, StoredFile};

use super::{
    pace::Pace,
    progress,
    shelf::{self, Shelf},
    walk,
};
use crate::{App, Error, Result, app::lock, db::blocking};

/// Files that are taken together.
const BATCH: u32 = 16;
/// A file that ended the program more often, when nothing else was being read, is left alone.
pub(crate) const ATTEMPTS: u32 = 3;
/// How long to wait where the disk or the database does not let us work.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// A file that was read.
pub(super) struct Reading {
    pub(super) document: Document,
    pub(super) hash: [u8; 32],
    pub(super) size: u64,
    pub(super) mtime: i64,
}

/// A file on its way.
struct Work {
    file: StoredFile,
    read: Reading,
    chunks: Vec<Chunk>,
}

impl App {
    /// Begins to work on the queue, once.
    pub(crate) fn work_on_queue(self: &Arc<Self>) {
        if !self.library.working.swap(true, Ordering::SeqCst) {
            self.tasks.spawn(run(Arc::clone(self)));
        }
    }

    /// Takes some files and sees them through; `false` where nothing waits.
    async fn work_step(self: &Arc<Self>) -> Result<bool> {
        self.put_back().await?;
        if self.db.read(|r| r.queue_length()).await? == 0 {
            return Ok(false);
        }
        // Loaded before anything is taken: who is killed meanwhile was reading nothing.
        let shelf = self.shelf().await?;
        let app = Arc::clone(self);
        blocking(move || app.wait_for_calm()).await?;
        let taken = self.db.write(|w| w.queue_take(BATCH)).await?;
        if taken.is_empty() {
            return Ok(false);
        }
        let (app, seqs) = (Arc::clone(self), taken.iter().map(|file| file.seq).collect::<Vec<_>>());
        let worked = blocking(move || app.work(&shelf, taken, Pace::GivesWay)).await;
        if worked.is_err() {
            self.put_back_soon(seqs).await;
        }
        self.library.changed();
        worked.map(|()| true)
    }

    /// Puts files back that were taken and not worked on, now or before anything else is taken: what kept
    /// them from being worked on may keep them from being put back.
    pub(super) async fn put_back_soon(&self, seqs: Vec<i64>) {
        lock(&self.library.owed).extend(seqs);
        if let Err(error) = self.put_back().await {
            tracing::debug!(code = error.code().as_str(), "files are put back later");
            self.library.wake();
        }
    }

    pub(super) async fn put_back(&self) -> Result<()> {
        let owed = std::mem::take(&mut *lock(&self.library.owed));
        if owed.is_empty() {
            return Ok(());
        }
        let seqs = owed.clone();
        let put = self.db.write(move |w| seqs.iter().try_for_each(|seq| w.queue_put_back(*seq)));
        let put = put.await;
        if put.is_err() {
            lock(&self.library.owed).extend(owed);
        }
        put
    }

    /// Reads, cuts and embeds files that were taken from the queue.
    pub(super) fn work(&self, shelf: &Shelf, taken: Vec<StoredFile>, pace: Pace) -> Result<()> {
        let mut works = Vec::new();
        for file in taken {
            self.check_going_on()?;
            match shelf::read(self, &file)? {
                Ok(read) => {
                    let chunks = cut(shelf, &file, &read.document);
                    works.push(Work { file, read, chunks });
                }
                Err(refusal) => {
                    self.refuse(shelf, &file, refusal)?;
                    self.look_if_changed(&file, (file.size, file.mtime));
                }
            }
        }
        for work in &works {
            shelf.index.upsert(work.file.seq, &work.chunks)?;
        }
        self.db.store().write(|w| {
            works.iter().try_for_each(|work| {
                if let (true, Ok(bytes)) = (work.file.row.is_empty(), work.read.document.to_bytes())
                {
                    w.document_put(work.file.seq, &bytes)?;
                }
                w.queue_embedding(work.file.seq)
            })
        })?;
        self.library.changed();
        for work in &works {
            self.embed(shelf, work.file.seq, pace)?;
        }
        let now = self.now();
        self.db.store().write(|w| {
            works.iter().try_for_each(|work| {
                w.queue_searchable(work.file.seq, &searchable(work), now).map(drop)
            })
        })?;
        for Work { file, read, .. } in &works {
            self.look_if_changed(file, (read.size, read.mtime));
        }
        Ok(())
    }

    /// Asks for a look where a file is not any more what it was, by its size and time: the look that saw
    /// it change left it alone, for it was being worked on.
    fn look_if_changed(&self, file: &StoredFile, was: (u64, i64)) {
        if file.row.is_empty() && walk::facts(&file.path) != Some(was) {
            self.library.look.notify_one();
        }
    }

    /// Notes why a file cannot be searched. What was read of it before is forgotten.
    fn refuse(&self, shelf: &Shelf, file: &StoredFile, refusal: Refusal) -> Result<()> {
        let state = match refusal {
            Refusal::Unsupported | Refusal::Empty => FileState::Skipped,
            _ => FileState::Failed,
        };
        self.db.store().write(|w| w.queue_refuse(file.seq, state, refusal.code(), None))?;
        shelf.index.delete(&[file.seq])?;
        self.library.changed();
        Ok(())
    }
}

async fn run(app: Arc<App>) {
    app.tasks.spawn(progress::tell(Arc::clone(&app)));
    let end = app.library.end.clone();
    while !end.is_cancelled() {
        let wait = match app.work_step().await {
            Ok(true) => {
                app.library.hold(None);
                continue;
            }
            Ok(false) => {
                app.library.hold(None);
                None
            }
            Err(Error::ShuttingDown) => return,
            Err(error) => {
                tracing::warn!(code = error.code().as_str(), "the queue waits");
                app.library.hold(Some(error.code()));
                Some(TRY_AGAIN)
            }
        };
        let again = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => app.library.wake.notified().await,
            }
        };
        tokio::select! {
            () = again => {}
            () = end.cancelled() => return,
        }
    }
}

fn cut(shelf: &Shelf, file: &StoredFile, document: &Document) -> Vec<Chunk> {
    // The name of a row is a number more often than not.
    let is_row = !file.row.is_empty() && file.collection != CollectionId::ATTACHED;
    let origin = Origin { file_name: if is_row { "" } else { &file.name }, title: None };
    chunk::cut(document, origin, shelf.pieces())
}

fn searchable(work: &Work) -> Searchable {
    let Work { read, chunks, .. } = work;
    let pages = if read.document.unit == Unit::Whole { 0 } else { read.document.pages.len() };
    Searchable {
        title: read.document.title.clone().unwrap_or_default(),
        size: read.size,
        mtime: read.mtime,
        hash: read.hash,
        parser: READER_VERSION,
        pages: u32::try_from(pages).unwrap_or(u32::MAX),
        unread: unread(&read.document),
        chunks: u32::try_from(chunks.len()).unwrap_or(u32::MAX),
        characters: read.document.text.chars().count() as u64,
    }
}

/// Pages that gave no text.
fn unread(document: &Document) -> u32 {
    let pages = [OmissionKind::PagesWithoutText, OmissionKind::UnreadablePages];
    let gave_none = document.omitted.iter().filter(|it| pages.contains(&it.kind));
    gave_none.fold(0, |sum, it| sum.saturating_add(it.count))
}
