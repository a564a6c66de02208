//! What is written before it is sent: drafts, saved prompts, what was asked before. Not here: what is
//! attached (`attached`).

use hearth_domain::{AskedOf, AttachmentId, ConversationId, Draft, Prompt, PromptDraft, PromptId};
use hearth_store::{StoredDraft, StoredQuestion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use crate::{App, Error, Result, sources::COLLECTIONS, text};

/// Attachments of one question, and questions that wait.
const LARGEST_COUNT: usize = 100;
/// Questions that the field offers again.
const LAST_QUESTIONS: usize = 50;
/// Characters of the name of a prompt.
const PROMPT_CHARACTERS: usize = 40;

/// What stands in the field of a conversation now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DraftChange {
    /// Which conversation; `null` is that of a new one.
    pub conversation: Option<ConversationId>,
    /// The text in the field.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<AttachmentId>,
    /// Questions that wait, in their order.
    pub queue: Vec<QueueEntry>,
}

/// A question that waits for its turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct QueueEntry {
    /// The `client_id` it will be sent with.
    #[ts(type = "string")]
    pub client_id: Uuid,
    /// What will be asked.
    pub text: String,
    /// Attached to it.
    pub attachments: Vec<AttachmentId>,
    /// What it is asked of besides.
    #[serde(default)]
    #[ts(optional, as = "Option<AskedOf>")]
    pub of: AskedOf,
}

impl App {
    /// What was written in a conversation and not yet sent; empty where nothing was.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn draft_get(&self, conversation: Option<ConversationId>) -> Result<Draft> {
        self.db.read(move |r| r.draft(conversation)).await
    }

    /// Keeps what is written. An empty draft is no row.
    ///
    /// # Errors
    /// An unknown conversation or attachment, a text that is too large, or a database that cannot
    /// be written.
    pub async fn draft_save(&self, draft: DraftChange) -> Result<()> {
        let (of, draft) = (draft.conversation, stored(draft)?);
        self.db.write(move |w| w.draft_save(of, &draft)).await
    }

    /// The last questions of all conversations that are not long, the newest first, each once; at
    /// most 50.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn input_history(&self) -> Result<Vec<String>> {
        self.db.read(|r| r.last_questions(LAST_QUESTIONS)).await
    }

    /// All saved prompts by name.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn prompt_list(&self) -> Result<Vec<Prompt>> {
        self.db.read(|r| r.prompt_list()).await
    }

    /// Saves a prompt.
    ///
    /// # Errors
    /// A name that is taken or out of range, or a database that cannot be written.
    pub async fn prompt_create(&self, draft: PromptDraft) -> Result<Prompt> {
        let (id, draft) = (PromptId(Uuid::now_v7()), checked(&draft)?);
        let prompt = Prompt { id, draft, updated: self.now() };
        let saved = prompt.clone();
        self.db.write(move |w| w.prompt_insert(&saved)).await?;
        Ok(prompt)
    }

    /// Changes a saved prompt.
    ///
    /// # Errors
    /// An unknown prompt, a name that is taken or out of range, or a database that cannot be
    /// written.
    pub async fn prompt_update(&self, id: PromptId, draft: PromptDraft) -> Result<Prompt> {
        let (draft, now) = (checked(&draft)?, self.now());
        self.db.write(move |w| w.prompt_update(id, &draft, now)).await
    }

    /// Removes a saved prompt.
    ///
    /// # Errors
    /// An unknown prompt, or a database that cannot be written.
    pub async fn prompt_delete(&self, id: PromptId) -> Result<()> {
        self.db.write(move |w| w.prompt_delete(id)).await
    }
}

fn stored(draft: DraftChange) -> Result<StoredDraft> {
    if draft.attachments.len() > LARGEST_COUNT {
        return Err(Error::OutOfRange("attachments"));
    }
    if draft.queue.len() > LARGEST_COUNT {
        return Err(Error::OutOfRange("queue"));
    }
    let queue = draft.queue.into_iter().map(|entry| {
        if entry.attachments.len() > LARGEST_COUNT {
            return Err(Error::OutOfRange("attachments"));
        }
        let QueueEntry { client_id, text, attachments, of } = entry;
        if of.collections.len() > COLLECTIONS || of.parts.len() > COLLECTIONS {
            return Err(Error::OutOfRange("collections"));
        }
        Ok(StoredQuestion { client_id, text: text::taken(&text)?, attachments, of })
    });
    Ok(StoredDraft {
        text: text::taken(&draft.text)?,
        attachments: draft.attachments,
        queue: queue.collect::<Result<_>>()?,
    })
}

fn checked(draft: &PromptDraft) -> Result<PromptDraft> {
    let name = text::name(&draft.name, PROMPT_CHARACTERS)?;
    if name.contains(char::is_whitespace) || name.contains('/') {
        return Err(Error::OutOfRange("name"));
    }
    if draft.text.trim().is_empty() {
        return Err(Error::OutOfRange("text"));
    }
    Ok(PromptDraft { name, text: text::taken(&draft.text)? })
}
