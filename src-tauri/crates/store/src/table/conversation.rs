//! Conversations. Deleting is soft until [`Writer::conversations_purge`]: what was deleted by
//! mistake comes back whole.

use hearth_domain::{
    Conversation, ConversationChange, ConversationConfig, ConversationId, FolderId, MessageId,
    ModelId, PersonaId, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns};

pub(super) const COLUMNS: &str = "id, title, pinned, archived, folder, persona, instructions, \
     model, sampling, head, created, updated";

pub(super) fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: ConversationId(columns::uuid(row, 0)?),
        title: row.get(1)?,
        pinned: row.get(2)?,
        archived: row.get(3)?,
        folder: columns::maybe_uuid(row, 4)?.map(FolderId),
        config: ConversationConfig {
            persona: columns::maybe_uuid(row, 5)?.map(PersonaId),
            instructions: row.get(6)?,
            model: row.get::<_, Option<String>>(7)?.map(ModelId),
            sampling: columns::json(row, 8)?,
        },
        head: columns::maybe_uuid(row, 9)?.map(MessageId),
        created: columns::time(row, 10)?,
        updated: columns::time(row, 11)?,
    })
}

impl Reader<'_> {
    /// One conversation that is not deleted.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`].
    pub fn conversation(&self, id: ConversationId) -> Result<Conversation> {
        let sql =
            format!("SELECT {COLUMNS} FROM conversation WHERE id = ?1 AND deleted_at IS NULL");
        let mut query = self.conn().prepare_cached(&sql)?;
        let found = query.query_row([id.0.as_bytes()], conversation).optional()?;
        found.ok_or(Error::ConversationNotFound)
    }

    /// The folder that a conversation lies in, also of one that is deleted and can come back.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`].
    pub fn conversation_folder(&self, id: ConversationId) -> Result<Option<FolderId>> {
        let sql = "SELECT folder FROM conversation WHERE id = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([id.0.as_bytes()], |row| columns::maybe_uuid(row, 0));
        Ok(found.optional()?.ok_or(Error::ConversationNotFound)?.map(FolderId))
    }

    /// How many conversations are not deleted.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn conversation_count(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM conversation WHERE deleted_at IS NULL";
        Ok(self.conn().query_row(sql, [], |row| columns::count(row, 0))?)
    }
}

impl Writer<'_> {
    /// Adds a conversation. Its `head` may name a message that is added later in the same
    /// transaction.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the name is taken or the persona or folder does not exist.
    pub fn conversation_insert(&mut self, new: &Conversation) -> Result<()> {
        let sql = format!(
            "INSERT INTO conversation ({COLUMNS})
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        );
        self.conn().prepare_cached(&sql)?.execute(params![
            new.id.0.as_bytes(),
            new.title,
            new.pinned,
            new.archived,
            new.folder.map(|id| id.0.into_bytes()),
            new.config.persona.map(|id| id.0.into_bytes()),
            new.config.instructions,
            new.config.model.as_ref().map(|id| &id.0),
            columns::to_json(&new.config.sampling)?,
            new.head.map(|id| id.0.into_bytes()),
            new.created.0,
            new.updated.0,
        ])?;
        Ok(())
    }

    /// Gives it another title.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`].
    pub fn conversation_rename(&mut self, id: ConversationId, title: &str) -> Result<Conversation> {
        self.conversation_set(id, "title", title)
    }

    /// Keeps it at the top of the list, or no longer.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`].
    pub fn conversation_pin(&mut self, id: ConversationId, pinned: bool) -> Result<Conversation> {
        self.conversation_set(id, "pinned", pinned)
    }

    /// Changes how it is answered, as a whole.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`]; [`Error::PersonaNotFound`].
    pub fn conversation_configure(
        &mut self,
        id: ConversationId,
        config: &ConversationConfig,
    ) -> Result<Conversation> {
        if let Some(persona) = config.persona {
            self.persona(persona)?;
        }
        let sql = "UPDATE conversation SET persona = ?2, instructions = ?3, model = ?4,
             sampling = ?5 WHERE id = ?1 AND deleted_at IS NULL";
        self.conn().prepare_cached(sql)?.execute(params![
            id.0.as_bytes(),
            config.persona.map(|id| id.0.into_bytes()),
            config.instructions,
            config.model.as_ref().map(|id| &id.0),
            columns::to_json(&config.sampling)?,
        ])?;
        self.conversation(id)
    }

    /// Makes one of the changes that can be made to many.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`]; [`Error::FolderNotFound`].
    pub fn conversation_change(
        &mut self,
        id: ConversationId,
        change: ConversationChange,
        now: Timestamp,
    ) -> Result<()> {
        match change {
            ConversationChange::Pin { pinned } => self.conversation_pin(id, pinned).map(drop),
            ConversationChange::Archive { archived } => {
                self.conversation_set(id, "archived", archived).map(drop)
            }
            ConversationChange::Move { folder } => {
                folder.map(|folder| self.folder(folder)).transpose()?;
                let folder = folder.map(|id| id.0.into_bytes());
                self.conversation_set(id, "folder", folder).map(drop)
            }
            ConversationChange::Delete => self.conversation_delete(id, now),
            ConversationChange::Restore => self.conversation_restore(id).map(drop),
        }
    }

    /// Shows the branch that ends in `head`.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`]; [`Error::MessageNotFound`] where the message is not one
    /// of this conversation.
    pub fn conversation_select(
        &mut self,
        id: ConversationId,
        head: MessageId,
    ) -> Result<Conversation> {
        self.conversation(id)?;
        if self.message_place(head)?.0 != id {
            return Err(Error::MessageNotFound);
        }
        self.conversation_show(id, Some(head))
    }

    /// Shows a branch that is known to be one of the conversation.
    pub(super) fn conversation_show(
        &mut self,
        id: ConversationId,
        head: Option<MessageId>,
    ) -> Result<Conversation> {
        self.conversation_set(id, "head", head.map(|head| head.0.into_bytes()))
    }

    /// Hides it from every list. A conversation that is deleted already stays so.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`].
    pub fn conversation_delete(&mut self, id: ConversationId, now: Timestamp) -> Result<()> {
        let sql = "UPDATE conversation SET deleted_at = coalesce(deleted_at, ?2) WHERE id = ?1";
        match self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), now.0])? {
            0 => Err(Error::ConversationNotFound),
            _ => Ok(()),
        }
    }

    /// Brings a deleted conversation back.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`] where it was never there or is purged.
    pub fn conversation_restore(&mut self, id: ConversationId) -> Result<Conversation> {
        let sql = "UPDATE conversation SET deleted_at = NULL WHERE id = ?1";
        self.conn().prepare_cached(sql)?.execute([id.0.as_bytes()])?;
        self.conversation(id)
    }

    /// Removes for good what was deleted before `before`, with every message of it.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn conversations_purge(&mut self, before: Timestamp) -> Result<usize> {
        let sql = "DELETE FROM conversation WHERE deleted_at IS NOT NULL AND deleted_at < ?1";
        Ok(self.conn().execute(sql, [before.0])?)
    }

    fn conversation_set(
        &mut self,
        id: ConversationId,
        column: &'static str,
        value: impl rusqlite::ToSql,
    ) -> Result<Conversation> {
        let sql =
            format!("UPDATE conversation SET {column} = ?2 WHERE id = ?1 AND deleted_at IS NULL");
        self.conn().prepare_cached(&sql)?.execute(params![id.0.as_bytes(), value])?;
        self.conversation(id)
    }
}
