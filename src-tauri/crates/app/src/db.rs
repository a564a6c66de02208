//! The one place that moves database work to a blocking thread.

use std::sync::Arc;

use hearth_store::{Db, Reader, Writer};

use crate::{Error, Result};

/// The database, for async callers.
#[derive(Clone)]
pub(crate) struct Database(Arc<Db>);

impl Database {
    pub(crate) fn new(db: Arc<Db>) -> Self {
        Self(db)
    }

    /// The database itself, for work that is on a blocking thread already.
    pub(crate) fn store(&self) -> &Db {
        &self.0
    }

    /// Reads a consistent snapshot.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> hearth_store::Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = Arc::clone(&self.0);
        blocking(move || db.read(work)).await
    }

    /// Writes in one transaction; on disk when it returns.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> hearth_store::Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = Arc::clone(&self.0);
        blocking(move || db.write(work)).await
    }

    /// Moves the write-ahead log into the database.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        let db = Arc::clone(&self.0);
        blocking(move || db.checkpoint()).await
    }

    /// Gives back the space of what was removed.
    pub(crate) async fn compact(&self) -> Result<()> {
        let db = Arc::clone(&self.0);
        blocking(move || db.compact()).await
    }

    /// Checks every page.
    pub(crate) async fn verify(&self) -> Result<hearth_store::Verification> {
        let db = Arc::clone(&self.0);
        blocking(move || db.verify()).await
    }
}

/// Runs work that waits for a disk on a thread that may wait.
pub(crate) async fn blocking<T, E>(
    work: impl FnOnce() -> std::result::Result<T, E> + Send + 'static,
) -> Result<T>
where
    T: Send + 'static,
    E: Into<Error> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::TaskFailed)?.map_err(Into::into)
}
