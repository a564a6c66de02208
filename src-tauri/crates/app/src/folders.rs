//! Folders of the list.

use hearth_domain::{Folder, FolderId};
use uuid::Uuid;

use crate::{App, Result, text};

/// Characters of a folder's name.
const NAME_CHARACTERS: usize = 80;

impl App {
    /// All folders by name.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn folder_list(&self) -> Result<Vec<Folder>> {
        self.db.read(|r| r.folder_list()).await
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// A name that is taken or out of range, or a database that cannot be written.
    pub async fn folder_create(&self, name: String) -> Result<Folder> {
        let name = text::name(&name, NAME_CHARACTERS)?;
        let folder = Folder { id: FolderId(Uuid::now_v7()), name, created: self.now() };
        let saved = folder.clone();
        self.db.write(move |w| w.folder_insert(&saved)).await?;
        Ok(folder)
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// An unknown folder, a name that is taken or out of range, or a database that cannot be
    /// written.
    pub async fn folder_rename(&self, id: FolderId, name: String) -> Result<Folder> {
        let name = text::name(&name, NAME_CHARACTERS)?;
        self.db.write(move |w| w.folder_rename(id, &name)).await
    }

    /// Removes a folder; its conversations stay and lie in none.
    ///
    /// # Errors
    /// An unknown folder, or a database that cannot be written.
    pub async fn folder_delete(&self, id: FolderId) -> Result<()> {
        self.db.write(move |w| w.folder_delete(id)).await
    }
}
