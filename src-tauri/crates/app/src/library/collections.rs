//! Collections: make, rename, let rest, delete for good.

use std::sync::Arc;

use hearth_domain::{Collection, CollectionId, CollectionStorage, SourceId};
use uuid::Uuid;

use crate::{App, Error, Result, text};

/// Characters of a collection's name.
const NAME_CHARACTERS: usize = 80;

impl App {
    /// All collections by name.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn collection_list(&self) -> Result<Vec<Collection>> {
        let mut all = self.db.read(|r| r.collection_list()).await?;
        all.iter_mut().for_each(|it| it.counts = self.library.told(it));
        Ok(all)
    }

    /// One collection.
    ///
    /// # Errors
    /// An unknown collection, or a database that cannot be read.
    pub async fn collection_get(&self, id: CollectionId) -> Result<Collection> {
        let found = self.db.read(move |r| r.collection(id)).await?;
        Ok(Collection { counts: self.library.told(&found), ..found })
    }

    /// What a collection takes up on the disk.
    ///
    /// # Errors
    /// An unknown collection, or a database that cannot be read.
    pub async fn collection_storage(&self, id: CollectionId) -> Result<CollectionStorage> {
        self.db.read(move |r| r.collection_storage(id)).await
    }

    /// Makes a collection.
    ///
    /// # Errors
    /// A name that is taken or out of range, or a database that cannot be written.
    pub async fn collection_create(&self, name: String) -> Result<Collection> {
        let (name, now) = (text::name(&name, NAME_CHARACTERS)?, self.now());
        let id = CollectionId(Uuid::now_v7());
        self.db.write(move |w| w.collection_insert(id, &name, now)).await
    }

    /// The collection of this name; made where there is none.
    ///
    /// # Errors
    /// As [`App::collection_create`].
    pub async fn collection_open(&self, name: String) -> Result<Collection> {
        let (name, now) = (text::name(&name, NAME_CHARACTERS)?, self.now());
        let id = CollectionId(Uuid::now_v7());
        self.db
            .write(move |w| match w.collection_named(&name)? {
                Some(found) => Ok(found),
                None => w.collection_insert(id, &name, now),
            })
            .await
    }

    /// The collection of this name.
    ///
    /// # Errors
    /// An unknown name, or a database that cannot be read.
    pub async fn collection_find(&self, name: String) -> Result<Collection> {
        let found = self.db.read(move |r| r.collection_named(name.trim())).await?;
        found.ok_or(Error::Store(hearth_store::Error::CollectionNotFound))
    }

    /// Gives a collection another name.
    ///
    /// # Errors
    /// An unknown collection, a name that is taken or out of range, or a database that cannot be
    /// written.
    pub async fn collection_rename(&self, id: CollectionId, name: String) -> Result<Collection> {
        let name = text::name(&name, NAME_CHARACTERS)?;
        self.db.write(move |w| w.collection_rename(id, &name)).await
    }

    /// Lets the queue of a collection rest, or go on.
    ///
    /// # Errors
    /// An unknown collection, or a database that cannot be written.
    pub async fn collection_pause(&self, id: CollectionId, paused: bool) -> Result<Collection> {
        let collection = self.db.write(move |w| w.collection_pause(id, paused)).await?;
        self.library.wake.notify_one();
        self.library.changed();
        Ok(collection)
    }

    /// Deletes a collection: it is in no list when this returns, and its text, its passages and its
    /// part of the index are removed for good right after. The files on the disk stay.
    ///
    /// # Errors
    /// An unknown collection, or a database that cannot be written.
    pub async fn collection_delete(self: &Arc<Self>, id: CollectionId) -> Result<()> {
        self.db.write(move |w| w.collection_leave(id)).await?;
        self.library.changed();
        self.remove_leaving();
        Ok(())
    }

    /// Takes back what was put into a collection, with all that was read of it.
    ///
    /// # Errors
    /// An unknown source, or a database that cannot be written.
    pub async fn source_remove(&self, id: SourceId) -> Result<()> {
        self.db.write(move |w| w.source_remove(id)).await?;
        self.library.changed();
        self.forget_in_index().await
    }

    /// Removes what deleted collections held, step by step; what is left when the program ends is
    /// removed at the next start.
    pub(crate) fn remove_leaving(self: &Arc<Self>) {
        let app = Arc::clone(self);
        self.tasks.spawn(async move {
            if let Err(error) = app.remove_step_by_step().await {
                tracing::warn!(code = error.code().as_str(), "a collection was not yet removed");
            }
        });
    }

    async fn remove_step_by_step(&self) -> Result<()> {
        let leaving = self.db.read(|r| r.collections_leaving()).await?;
        let any = !leaving.is_empty();
        for id in leaving {
            while !self.db.write(move |w| w.collection_remove_step(id)).await? {
                if self.library.end.is_cancelled() {
                    return Ok(());
                }
            }
        }
        if any {
            self.db.write(|w| w.passages_forget()).await?;
            self.forget_in_index().await?;
            self.db.compact().await?;
        }
        Ok(())
    }
}
