//! Attached documents in the index: a question that needs one does not wait for the queue.

use std::{sync::Arc, time::Duration};

use hearth_domain::{AttachmentId, AttachmentText};
use tokio::time::Instant;

use super::{pace::Pace, plain};
use crate::{App, Error, Result, db::blocking};

/// How long a question waits for documents that the queue is at. Their words can be found before.
const WAIT: Duration = Duration::from_secs(10);
/// How often it is looked whether it is done.
const LOOK: Duration = Duration::from_millis(50);

impl App {
    /// Sees to it that these can be searched: the one that waits is worked on now. Work that was begun is
    /// finished, also where nobody waits for it any more.
    pub(crate) async fn index_attached(self: &Arc<Self>, ids: Vec<AttachmentId>) -> Result<()> {
        let app = Arc::clone(self);
        let indexing = self.tasks.spawn(async move {
            app.keep_attached(&ids).await?;
            let end = Instant::now() + WAIT;
            for id in ids {
                app.index_one(id, end).await?;
            }
            Ok(())
        });
        indexing.await.map_err(|_| Error::TaskFailed)?
    }

    /// Whether some of these are not searchable yet.
    pub(crate) async fn awaits_index(&self, ids: Vec<AttachmentId>) -> Result<bool> {
        let read = self.db.read(move |r| {
            for id in ids {
                if r.attached(id)?.is_none_or(|file| !file.state.is_settled()) {
                    return Ok(true);
                }
            }
            Ok(false)
        });
        read.await
    }

    /// Sees to it that each of these is a document of the library, also one that was attached before
    /// documents were, or taken in with a conversation.
    pub(crate) async fn keep_attached(&self, ids: &[AttachmentId]) -> Result<()> {
        let (ids, now) = (ids.to_vec(), self.now());
        self.db
            .write(move |w| {
                for id in ids {
                    if w.attached(id)?.is_some() {
                        continue;
                    }
                    let AttachmentText { attachment, text } = w.attachment_text(id)?;
                    // A text that says nothing has nothing to find.
                    let document = plain::document(None, text).and_then(|it| it.to_bytes().ok());
                    if let Some(document) = document {
                        w.attached_put(&attachment, &document, now)?;
                    }
                }
                Ok(())
            })
            .await
    }

    async fn index_one(self: &Arc<Self>, id: AttachmentId, end: Instant) -> Result<()> {
        let shelf = self.shelf().await?;
        self.put_back().await?;
        if let Some(file) = self.db.write(move |w| w.attached_take(id)).await? {
            let (app, seq) = (Arc::clone(self), file.seq);
            let worked = blocking(move || app.work(&shelf, vec![file], Pace::AtOnce)).await;
            if worked.is_err() {
                self.put_back_soon(vec![seq]).await;
            }
            self.library.changed();
            return worked;
        }
        while Instant::now() < end {
            let file = self.db.read(move |r| r.attached(id)).await?;
            if file.is_none_or(|file| file.state.is_settled()) {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}
