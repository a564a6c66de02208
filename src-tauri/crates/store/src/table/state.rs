//! Which states of the model are kept in files, and the key of each conversation for them.
//!
//! Not here: the files, which are [`crate::StateFiles`]'s.

use hearth_domain::{ConversationId, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{Error, Reader, Result, Writer, columns};

/// A state's name: what it depends on, and which positions of the conversation it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateName {
    /// Names all that was read up to its end.
    pub name: [u8; 32],
    /// Names the model.
    pub model: [u8; 32],
    /// The first position.
    pub first: u32,
    /// The position after the last.
    pub end: u32,
}

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct StoredState {
    pub(crate) state: StateName,
    pub(crate) file: Uuid,
    pub(crate) bytes: u64,
}

/// The key of a conversation's files.
pub(crate) type StateKey = Zeroizing<[u8; 32]>;

const COLUMNS: &str = "name, model, first, end, file, bytes";

/// What goes first: long unused, seldom used; of one conversation its end, which is of no use
/// without what comes before it.
const LEAST_VALUABLE: &str = "SELECT file, bytes FROM state ORDER BY
     used + 3600000 * min(uses, 100), conversation, first DESC";

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredState> {
    let state =
        StateName { name: row.get(0)?, model: row.get(1)?, first: row.get(2)?, end: row.get(3)? };
    Ok(StoredState { state, file: columns::uuid(row, 4)?, bytes: columns::count(row, 5)? })
}

impl Reader<'_> {
    /// The states of a conversation for one model.
    pub(crate) fn states(
        &self,
        conversation: ConversationId,
        model: &[u8; 32],
    ) -> Result<Vec<StoredState>> {
        let sql = format!("SELECT {COLUMNS} FROM state WHERE conversation = ?1 AND model = ?2");
        let mut query = self.conn().prepare_cached(&sql)?;
        let rows = query.query_map(params![conversation.0.as_bytes(), model], stored)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One of them.
    pub(crate) fn state(
        &self,
        conversation: ConversationId,
        name: &[u8; 32],
    ) -> Result<Option<StoredState>> {
        let sql = format!("SELECT {COLUMNS} FROM state WHERE conversation = ?1 AND name = ?2");
        let mut query = self.conn().prepare_cached(&sql)?;
        Ok(query.query_row(params![conversation.0.as_bytes(), name], stored).optional()?)
    }

    /// The key of a conversation's files, where it has any.
    pub(crate) fn state_key(&self, conversation: ConversationId) -> Result<Option<StateKey>> {
        let sql = "SELECT key FROM state_key WHERE conversation = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let key = query.query_row([conversation.0.as_bytes()], |row| row.get::<_, [u8; 32]>(0));
        Ok(key.optional()?.map(Zeroizing::new))
    }

    /// The files that rows speak of.
    pub(crate) fn state_files(&self) -> Result<Vec<Uuid>> {
        let mut query = self.conn().prepare_cached("SELECT file FROM state")?;
        let rows = query.query_map([], |row| columns::uuid(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Bytes of all states.
    pub(crate) fn state_bytes(&self) -> Result<u64> {
        let sql = "SELECT coalesce(sum(bytes), 0) FROM state";
        Ok(self.conn().prepare_cached(sql)?.query_row([], |row| columns::count(row, 0))?)
    }

    /// What has to go so that so many bytes stay: files, the least valuable first.
    pub(crate) fn states_beyond(&self, limit: u64) -> Result<Vec<Uuid>> {
        let mut over = self.state_bytes()?.saturating_sub(limit);
        let mut query = self.conn().prepare_cached(LEAST_VALUABLE)?;
        let mut rows = query.query([])?;
        let mut files = Vec::new();
        while over > 0 {
            let Some(row) = rows.next()? else { break };
            files.push(columns::uuid(row, 0)?);
            over = over.saturating_sub(columns::count(row, 1)?);
        }
        Ok(files)
    }
}

impl Writer<'_> {
    /// The key of a conversation's files, made where there is none.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`], also where it is deleted.
    pub(crate) fn state_key_or(
        &mut self,
        conversation: ConversationId,
        new: &StateKey,
    ) -> Result<StateKey> {
        self.conversation(conversation)?;
        if let Some(key) = self.state_key(conversation)? {
            return Ok(key);
        }
        let sql = "INSERT INTO state_key (conversation, key) VALUES (?1, ?2)";
        let key: &[u8; 32] = new;
        self.conn().prepare_cached(sql)?.execute(params![conversation.0.as_bytes(), key])?;
        Ok(new.clone())
    }

    /// Notes a state whose file is there.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`] where the key went meanwhile.
    pub(crate) fn state_insert(
        &mut self,
        conversation: ConversationId,
        stored: &StoredState,
        now: Timestamp,
    ) -> Result<()> {
        if self.state_key(conversation)?.is_none() {
            return Err(Error::ConversationNotFound);
        }
        let sql = "INSERT INTO state
             (conversation, name, model, first, end, file, bytes, used, uses)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)";
        let StoredState { state, file, bytes } = stored;
        let bytes = i64::try_from(*bytes).map_err(|_| Error::NumberTooLarge)?;
        self.conn().prepare_cached(sql)?.execute(params![
            conversation.0.as_bytes(),
            state.name,
            state.model,
            state.first,
            state.end,
            file.as_bytes(),
            bytes,
            now.0,
        ])?;
        Ok(())
    }

    /// Forgets a state by its file.
    pub(crate) fn state_forget(&mut self, file: Uuid) -> Result<()> {
        let sql = "DELETE FROM state WHERE file = ?1";
        self.conn().prepare_cached(sql)?.execute([file.as_bytes()])?;
        Ok(())
    }

    /// Notes that a conversation's states were wanted.
    pub(crate) fn states_touch(&mut self, of: ConversationId, now: Timestamp) -> Result<()> {
        let sql = "UPDATE state SET used = ?2, uses = uses + 1 WHERE conversation = ?1";
        self.conn().prepare_cached(sql)?.execute(params![of.0.as_bytes(), now.0])?;
        Ok(())
    }

    /// Forgets every state and every key.
    pub(crate) fn states_erase(&mut self) -> Result<()> {
        self.conn().execute("DELETE FROM state_key", [])?;
        Ok(())
    }
}
