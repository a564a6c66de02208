//! Messages: a tree in each conversation, in the order of writing. Those that were deleted
//! ([`super::deletion`]) are not there for anyone but the answer that is still being written.

use hearth_domain::{
    ConversationId, FinishReason, GenerationId, Message, MessageId, MessageStatus, Role, Timing,
    Usage,
};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{Error, Reader, Result, Writer, columns};

pub(super) const ONE: &str = "SELECT id, conversation, parent, role, content, reasoning, status, \
     finish, model, usage, timing, created FROM message WHERE id = ?1 AND deleted_at IS NULL";
pub(super) const OF_CONVERSATION: &str = "SELECT id, conversation, parent, role, content, \
     reasoning, status, finish, model, usage, timing, created
     FROM message WHERE conversation = ?1 AND deleted_at IS NULL ORDER BY seq";
pub(super) const BY_CLIENT: &str = "SELECT id, conversation FROM message WHERE client_id = ?1";
pub(super) const FIRST_ANSWER: &str = "SELECT id, generation FROM message
     WHERE conversation = ?1 AND parent = ?2 AND role = 'assistant' ORDER BY seq LIMIT 1";
pub(super) const STREAMING: &str = "SELECT generation FROM message
     WHERE conversation = ?1 AND status = 'streaming' AND generation IS NOT NULL
     ORDER BY seq DESC LIMIT 1";
/// A bound on rows keeps a thousand times the same question from reading every message.
const LAST_QUESTIONS: &str = "SELECT m.content FROM message m
     JOIN conversation c ON c.id = m.conversation
     WHERE m.role = 'user' AND m.deleted_at IS NULL AND c.deleted_at IS NULL
     AND octet_length(m.content) BETWEEN 1 AND 8192
     ORDER BY m.seq DESC LIMIT 500";
pub(super) const INTERRUPT: &str =
    "UPDATE message SET status = 'interrupted' WHERE status = 'streaming'";
pub(super) const REPLACE_TEXT: &str = "UPDATE message SET content = ?2, reasoning = ?3
     WHERE id = ?1 AND status = 'streaming'";

/// Who asked for a message to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The sender's name of the request; unique, so that a repeated request is known.
    pub client_id: Option<Uuid>,
    /// The generation that writes it.
    pub generation: Option<GenerationId>,
}

/// What an earlier request of the same `client_id` wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierSend {
    /// The conversation, which may be deleted by now.
    pub conversation: ConversationId,
    /// The message of the person.
    pub user_message: MessageId,
    /// The first answer to it with the generation that wrote it.
    pub answer: Option<(MessageId, Option<GenerationId>)>,
}

/// How a message ends.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageEnd {
    /// The whole text.
    pub content: String,
    /// The whole reasoning.
    pub reasoning: String,
    /// How far it got; not `Streaming`.
    pub status: MessageStatus,
    /// The shown name of the model that wrote it.
    pub model: Option<String>,
    /// Why the model stopped.
    pub finish: Option<FinishReason>,
    /// Tokens read and written.
    pub usage: Option<Usage>,
    /// How fast it went.
    pub timing: Option<Timing>,
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: MessageId(columns::uuid(row, 0)?),
        conversation: ConversationId(columns::uuid(row, 1)?),
        parent: columns::maybe_uuid(row, 2)?.map(MessageId),
        role: columns::word::<Role>(row, 3)?,
        content: row.get(4)?,
        attachments: Vec::new(),
        reasoning: row.get(5)?,
        status: columns::word(row, 6)?,
        finish: columns::maybe_word(row, 7)?,
        model: row.get(8)?,
        usage: columns::maybe_json(row, 9)?,
        timing: columns::maybe_json(row, 10)?,
        created: columns::time(row, 11)?,
    })
}

impl Reader<'_> {
    /// One message.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`].
    pub fn message(&self, id: MessageId) -> Result<Message> {
        let mut query = self.conn().prepare_cached(ONE)?;
        let found = query.query_row([id.0.as_bytes()], message).optional()?;
        let mut message = found.ok_or(Error::MessageNotFound)?;
        if message.role == Role::User {
            message.attachments = self.attachments_of(id)?;
        }
        Ok(message)
    }

    /// Every message of a conversation: parents before children, siblings by age.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn messages(&self, conversation: ConversationId) -> Result<Vec<Message>> {
        let mut query = self.conn().prepare_cached(OF_CONVERSATION)?;
        let rows = query.query_map([conversation.0.as_bytes()], message)?;
        self.with_attachments(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The branch that ends in `leaf`, its root first.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`].
    pub fn branch(&self, leaf: MessageId) -> Result<Vec<Message>> {
        // A deleted leaf has a path as well.
        self.message_place(leaf)?;
        self.path(leaf, u32::MAX)?.into_iter().rev().map(|id| self.message(id)).collect()
    }

    /// What a request of this `client_id` wrote before; `None` where it is a new one.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn earlier_send(&self, client_id: Uuid) -> Result<Option<EarlierSend>> {
        let mut query = self.conn().prepare_cached(BY_CLIENT)?;
        let sent = query.query_row([client_id.as_bytes()], |row| {
            Ok((columns::uuid(row, 0)?, columns::uuid(row, 1)?))
        });
        let Some((user_message, conversation)) = sent.optional()? else { return Ok(None) };
        let mut query = self.conn().prepare_cached(FIRST_ANSWER)?;
        let key = [conversation.as_bytes(), user_message.as_bytes()];
        let answer = query.query_row(key, |row| {
            let generation = columns::maybe_uuid(row, 1)?.map(GenerationId);
            Ok((MessageId(columns::uuid(row, 0)?), generation))
        });
        Ok(Some(EarlierSend {
            conversation: ConversationId(conversation),
            user_message: MessageId(user_message),
            answer: answer.optional()?,
        }))
    }

    /// The generation that is writing in this conversation, if one is.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn streaming_generation(&self, of: ConversationId) -> Result<Option<GenerationId>> {
        let mut query = self.conn().prepare_cached(STREAMING)?;
        let found = query.query_row([of.0.as_bytes()], |row| columns::uuid(row, 0)).optional()?;
        Ok(found.map(GenerationId))
    }

    /// The generation that wrote a message, if one did.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`].
    pub fn generation_of(&self, id: MessageId) -> Result<Option<GenerationId>> {
        let sql = "SELECT generation FROM message WHERE id = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([id.0.as_bytes()], |row| columns::maybe_uuid(row, 0));
        Ok(found.optional()?.ok_or(Error::MessageNotFound)?.map(GenerationId))
    }

    /// The conversation that a message is of, also of one that is deleted and can come back.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`].
    pub fn message_conversation(&self, id: MessageId) -> Result<ConversationId> {
        let sql = "SELECT conversation FROM message WHERE id = ?1";
        let mut query = self.conn().prepare_cached(sql)?;
        let found = query.query_row([id.0.as_bytes()], |row| columns::uuid(row, 0)).optional()?;
        found.map(ConversationId).ok_or(Error::MessageNotFound)
    }

    /// The last questions that are not long, the newest first, each once.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn last_questions(&self, count: usize) -> Result<Vec<String>> {
        let mut query = self.conn().prepare_cached(LAST_QUESTIONS)?;
        let mut rows = query.query([])?;
        let mut questions: Vec<String> = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| questions.len() < count) {
            let text: String = row.get(0)?;
            if !questions.contains(&text) {
                questions.push(text);
            }
        }
        Ok(questions)
    }

    /// How many messages there are, deleted ones too.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn message_count(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM message";
        Ok(self.conn().query_row(sql, [], |row| columns::count(row, 0))?)
    }
}

impl Writer<'_> {
    /// Adds a message below its parent and makes it what its conversation shows.
    ///
    /// # Errors
    /// [`Error::ConversationNotFound`]; [`Error::MessageNotFound`] where the parent is not in
    /// this conversation; [`Error::Conflict`] where the message or the `client_id` is there
    /// already.
    pub fn message_insert(&mut self, new: &Message, origin: Origin) -> Result<()> {
        self.conversation(new.conversation)?;
        let mut depth = 0;
        if let Some(parent) = new.parent {
            if self.message_place(parent)?.0 != new.conversation {
                return Err(Error::MessageNotFound);
            }
            depth = self.depth(parent)?.map_or(0, |before| before + 1);
        }
        let sql = "INSERT INTO message (id, conversation, parent, role, content, reasoning, \
             status, finish, model, usage, timing, created, client_id, generation, depth)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
        self.conn().prepare_cached(sql)?.execute(params![
            new.id.0.as_bytes(),
            new.conversation.0.as_bytes(),
            new.parent.map(|id| id.0.into_bytes()),
            new.role.as_str(),
            new.content,
            new.reasoning,
            columns::to_word(&new.status)?,
            new.finish.map(|finish| columns::to_word(&finish)).transpose()?,
            new.model,
            new.usage.map(|usage| columns::to_json(&usage)).transpose()?,
            new.timing.map(|timing| columns::to_json(&timing)).transpose()?,
            new.created.0,
            origin.client_id.map(Uuid::into_bytes),
            origin.generation.map(|id| id.0.into_bytes()),
            depth,
        ])?;
        // A clock that went back must not move a conversation down the list.
        let sql = "UPDATE conversation SET head = ?2, updated = max(updated, ?3) WHERE id = ?1";
        let key = new.conversation.0.as_bytes();
        self.conn().prepare_cached(sql)?.execute(params![
            key,
            new.id.0.as_bytes(),
            new.created.0
        ])?;
        Ok(())
    }

    /// Saves the text that a streaming message has so far.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`] where it is not there or has ended.
    pub fn message_save_text(
        &mut self,
        id: MessageId,
        content: &str,
        reasoning: &str,
    ) -> Result<()> {
        let mut update = self.conn().prepare_cached(REPLACE_TEXT)?;
        match update.execute(params![id.0.as_bytes(), content, reasoning])? {
            0 => Err(Error::MessageNotFound),
            _ => Ok(()),
        }
    }

    /// Adds to the text of a streaming message.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`] where it is not there or has ended.
    pub fn message_append(&mut self, id: MessageId, text: &str, reasoning: &str) -> Result<()> {
        let sql = "UPDATE message SET content = content || ?2, reasoning = reasoning || ?3
             WHERE id = ?1 AND status = 'streaming'";
        match self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), text, reasoning])? {
            0 => Err(Error::MessageNotFound),
            _ => Ok(()),
        }
    }

    /// Replaces the text of a message that is not being written.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`]; [`Error::MessageStreaming`].
    pub fn message_edit(&mut self, id: MessageId, content: &str) -> Result<Message> {
        if self.message(id)?.status == MessageStatus::Streaming {
            return Err(Error::MessageStreaming);
        }
        let sql = "UPDATE message SET content = ?2 WHERE id = ?1";
        self.conn().prepare_cached(sql)?.execute(params![id.0.as_bytes(), content])?;
        self.message(id)
    }

    /// Ends a message, also one that was deleted while it was written.
    ///
    /// # Errors
    /// [`Error::MessageNotFound`].
    pub fn message_finish(&mut self, id: MessageId, end: &MessageEnd) -> Result<()> {
        let sql = "UPDATE message SET content = ?2, reasoning = ?3, status = ?4, finish = ?5,
             usage = ?6, timing = ?7, model = ?8 WHERE id = ?1";
        let changed = self.conn().prepare_cached(sql)?.execute(params![
            id.0.as_bytes(),
            end.content,
            end.reasoning,
            columns::to_word(&end.status)?,
            end.finish.map(|finish| columns::to_word(&finish)).transpose()?,
            end.usage.map(|usage| columns::to_json(&usage)).transpose()?,
            end.timing.map(|timing| columns::to_json(&timing)).transpose()?,
            end.model,
        ])?;
        if changed == 0 { Err(Error::MessageNotFound) } else { Ok(()) }
    }

    /// To be called once at start: no message is being written, so those that say so were cut off
    /// by the end of the last run. Returns how many.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn mark_interrupted(&mut self) -> Result<usize> {
        Ok(self.conn().execute(INTERRUPT, [])?)
    }
}
