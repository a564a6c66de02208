//! Folders of the list. A conversation whose folder is deleted lies in none.

use hearth_domain::{Folder, FolderId};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns};

const SELECT: &str = "SELECT id, name, created FROM folder";

fn folder(row: &Row<'_>) -> rusqlite::Result<Folder> {
    Ok(Folder {
        id: FolderId(columns::uuid(row, 0)?),
        name: row.get(1)?,
        created: columns::time(row, 2)?,
    })
}

impl Reader<'_> {
    /// One folder.
    ///
    /// # Errors
    /// [`Error::FolderNotFound`].
    pub fn folder(&self, id: FolderId) -> Result<Folder> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
        query.query_row([id.0.as_bytes()], folder).optional()?.ok_or(Error::FolderNotFound)
    }

    /// The folder of this name, upper and lower case being the same.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn folder_named(&self, name: &str) -> Result<Option<Folder>> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} WHERE name = ?1"))?;
        Ok(query.query_row([name], folder).optional()?)
    }

    /// Every folder, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn folder_list(&self) -> Result<Vec<Folder>> {
        let mut query = self.conn().prepare_cached(&format!("{SELECT} ORDER BY name"))?;
        let rows = query.query_map([], folder)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

impl Writer<'_> {
    /// Adds a folder.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::Conflict`] where the identifier is taken.
    pub fn folder_insert(&mut self, new: &Folder) -> Result<()> {
        self.check_folder_name(new.id, &new.name)?;
        let sql = "INSERT INTO folder (id, name, created) VALUES (?1, ?2, ?3)";
        let row = params![new.id.0.as_bytes(), new.name, new.created.0];
        self.conn().prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Gives it another name.
    ///
    /// # Errors
    /// [`Error::FolderNotFound`]; [`Error::NameTaken`].
    pub fn folder_rename(&mut self, id: FolderId, name: &str) -> Result<Folder> {
        self.check_folder_name(id, name)?;
        let sql = "UPDATE folder SET name = ?2 WHERE id = ?1";
        self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), name])?;
        self.folder(id)
    }

    /// Removes it; its conversations stay.
    ///
    /// # Errors
    /// [`Error::FolderNotFound`].
    pub fn folder_delete(&mut self, id: FolderId) -> Result<()> {
        match self.conn().execute("DELETE FROM folder WHERE id = ?1", [id.0.as_bytes()])? {
            0 => Err(Error::FolderNotFound),
            _ => Ok(()),
        }
    }

    fn check_folder_name(&self, id: FolderId, name: &str) -> Result<()> {
        match self.folder_named(name)? {
            Some(other) if other.id != id => Err(Error::NameTaken),
            _ => Ok(()),
        }
    }
}
