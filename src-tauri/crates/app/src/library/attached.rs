//! Attached documents in the index: a question that needs one does not wait for the queue.

use std::{sync::Arc, time::Duration};

use hearth_domain::{AttachmentId, AttachmentText};

use super::{plain, work::Pace};
use crate::{App, Result, db::blocking};

/// How long a question waits for a document that the queue is at. Its words can be found before.
const WAIT: Duration = Duration::from_secs(10);
/// How often it is looked whether it is done.
const LOOK: Duration = Duration::from_millis(50);

impl App {
    /// Sees to it that these can be searched: the one that waits is worked on now.
    pub(crate) async fn index_attached(self: &Arc<Self>, ids: &[AttachmentId]) -> Result<()> {
        for id in ids {
            self.index_one(*id).await?;
        }
        Ok(())
    }

    async fn index_one(self: &Arc<Self>, id: AttachmentId) -> Result<()> {
        if self.db.read(move |r| r.attached(id)).await?.is_none() && !self.queue_text(id).await? {
            return Ok(());
        }
        let shelf = self.shelf().await?;
        if let Some(file) = self.db.write(move |w| w.attached_take(id)).await? {
            let (app, seq) = (Arc::clone(self), file.seq);
            let worked = blocking(move || app.work(&shelf, vec![file], Pace::AtOnce)).await;
            if worked.is_err() {
                self.db.write(move |w| w.queue_put_back(seq)).await?;
            }
            self.library.changed();
            return worked;
        }
        let begun = tokio::time::Instant::now();
        while begun.elapsed() < WAIT {
            let file = self.db.read(move |r| r.attached(id)).await?;
            if file.is_none_or(|file| file.state.is_settled()) {
                break;
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Puts the text of an attachment that came before documents were searched into the queue; `false`
    /// where it says nothing.
    async fn queue_text(&self, id: AttachmentId) -> Result<bool> {
        let now = self.now();
        self.db
            .write(move |w| {
                let AttachmentText { attachment, text } = w.attachment_text(id)?;
                let document = plain::document(None, text).and_then(|it| it.to_bytes().ok());
                let Some(document) = document else { return Ok(false) };
                w.attached_put(&attachment, &document, now)?;
                Ok(true)
            })
            .await
    }
}
