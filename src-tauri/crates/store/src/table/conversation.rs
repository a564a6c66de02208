//! Conversations. Deleting is soft until [`Writer::conversations_purge`]: what was deleted by
//! mistake comes back whole.

use hearth_domain::{
    Conversation, ConversationId, ConversationPage, MessageId, PersonaId, Timestamp,
};
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, columns};

const COLUMNS: &str = "id, title, pinned, persona, head, created, updated";

/// The first page has every pinned conversation.
pub(super) const PINNED: &str = "SELECT id, title, pinned, persona, head, created, updated
     FROM conversation WHERE deleted_at IS NULL AND pinned = 1 AND title LIKE ?1 ESCAPE '\\'
     ORDER BY updated DESC";
/// The rest comes by age.
pub(super) const BY_AGE: &str = "SELECT id, title, pinned, persona, head, created, updated
     FROM conversation WHERE deleted_at IS NULL AND pinned = 0 AND title LIKE ?1 ESCAPE '\\'
     AND updated < ?2 ORDER BY updated DESC LIMIT ?3";
/// Those of the same millisecond as the last of a page: the next page begins below it.
pub(super) const SAME_AGE: &str = "SELECT id, title, pinned, persona, head, created, updated
     FROM conversation WHERE deleted_at IS NULL AND pinned = 0 AND title LIKE ?1 ESCAPE '\\'
     AND updated = ?2";

const DEFAULT_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 500;

/// Which page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Only those last changed before this; pinned ones are on the first page alone.
    pub before: Option<Timestamp>,
    /// How many that are not pinned, at most (50 unless named, 500 at the most).
    pub limit: Option<u32>,
    /// Only those whose title holds this text.
    pub query: Option<String>,
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: ConversationId(columns::uuid(row, 0)?),
        title: row.get(1)?,
        pinned: row.get(2)?,
        persona: columns::maybe_uuid(row, 3)?.map(PersonaId),
        head: columns::maybe_uuid(row, 4)?.map(MessageId),
        created: columns::time(row, 5)?,
        updated: columns::time(row, 6)?,
    })
}

/// A pattern for LIKE that finds the text itself, whatever it holds.
fn pattern(query: Option<&str>) -> String {
    let escaped = query.unwrap_or_default().trim().chars().fold(String::new(), |mut all, c| {
        if matches!(c, '%' | '_' | '\\') {
            all.push('\\');
        }
        all.push(c);
        all
    });
    format!("%{escaped}%")
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

    /// A page of the list: pinned ones first, then by the time of the last message.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn conversation_list(&self, filter: &ConversationFilter) -> Result<ConversationPage> {
        let pattern = pattern(filter.query.as_deref());
        let limit = filter.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, LARGEST_LIMIT);
        let mut items = match filter.before {
            Some(_) => Vec::new(),
            None => self.conversations(PINNED, params![pattern])?,
        };
        let before = filter.before.map_or(i64::MAX, |before| before.0);
        let mut page = self.conversations(BY_AGE, params![pattern, before, limit])?;
        let full = page.len() == limit as usize;
        let next = page.last().filter(|_| full).map(|last| last.updated);
        if let Some(edge) = next {
            page.retain(|item| item.updated != edge);
            page.extend(self.conversations(SAME_AGE, params![pattern, edge.0])?);
        }
        items.append(&mut page);
        Ok(ConversationPage { items, next })
    }

    fn conversations(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Conversation>> {
        let mut query = self.conn().prepare_cached(sql)?;
        let rows = query.query_map(params, conversation)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
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
    /// [`Error::Conflict`] where the name is taken or the persona does not exist.
    pub fn conversation_insert(&mut self, new: &Conversation) -> Result<()> {
        let sql = "INSERT INTO conversation (id, title, pinned, persona, head, created, updated)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.conn().prepare_cached(sql)?.execute(params![
            new.id.0.as_bytes(),
            new.title,
            new.pinned,
            new.persona.map(|id| id.0.into_bytes()),
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

    /// Gives it another persona, or none.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`]; [`Error::Conflict`] where the persona does not exist.
    pub fn conversation_set_persona(
        &mut self,
        id: ConversationId,
        persona: Option<PersonaId>,
    ) -> Result<Conversation> {
        self.conversation_set(id, "persona", persona.map(|id| id.0.into_bytes()))
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
        let known = "SELECT 1 FROM message WHERE conversation = ?1 AND id = ?2";
        let known =
            self.conn().prepare_cached(known)?.exists([id.0.as_bytes(), head.0.as_bytes()])?;
        self.conversation(id)?;
        if !known {
            return Err(Error::MessageNotFound);
        }
        self.conversation_set(id, "head", head.0.into_bytes())
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
