//! The list of conversations, and one of them.

use hearth_domain::{
    Conversation, ConversationChange, ConversationConfig, ConversationId, ConversationPage,
    ConversationView, GenerationId, MessageId,
};
use hearth_store::{ConversationFilter, Reader, ThreadEnd, Writer};

use crate::{App, Error, Result, guard::findings_now, text};

/// Characters of a title.
const TITLE_CHARACTERS: usize = 200;
/// Bytes of the name of a model, which may be one that is not there now.
const MODEL_BYTES: usize = 200;
/// Messages of a window, unless it asks from a message on.
const LARGEST_WINDOW: u32 = 1000;
/// Conversations that are changed at once.
const LARGEST_BATCH: usize = 10_000;

impl App {
    /// A page of the list, pinned ones first, then the newest.
    ///
    /// # Errors
    /// A limit out of range, or a database that cannot be read.
    pub async fn conversation_list(&self, filter: ConversationFilter) -> Result<ConversationPage> {
        if !filter.limit.is_none_or(|limit| (1..=200).contains(&limit)) {
            return Err(Error::OutOfRange("limit"));
        }
        self.db.read(move |r| r.conversation_list(&filter)).await
    }

    /// A conversation with the last `limit` messages of its shown branch, or all from the message
    /// `from` on where that is more, and the answer that is being written.
    ///
    /// # Errors
    /// An unknown conversation, a limit out of range, or a database that cannot be read.
    pub async fn conversation_get(
        &self,
        id: ConversationId,
        limit: u32,
        from: Option<MessageId>,
    ) -> Result<ConversationView> {
        // Asked first: an answer that ends meanwhile is then at worst followed to its kept end.
        let generation = self.generation_of(id);
        if !(1..=LARGEST_WINDOW).contains(&limit) {
            return Err(Error::OutOfRange("limit"));
        }
        let read = self.db.read(move |r| {
            let conversation = r.conversation(id)?;
            let end = conversation.head.map(|head| r.thread_end(head, limit, from));
            let end = end.transpose()?.unwrap_or_default();
            view(r, conversation, end, generation)
        });
        read.await
    }

    /// Changes how a conversation is answered from now on.
    ///
    /// # Errors
    /// An unknown conversation or persona, a field out of range, or a database that cannot be
    /// written.
    pub async fn conversation_configure(
        &self,
        id: ConversationId,
        config: ConversationConfig,
    ) -> Result<Conversation> {
        let config = checked(config)?;
        self.db.write(move |w| w.conversation_configure(id, &config)).await
    }

    /// Changes many conversations in one step: all of them or none.
    ///
    /// # Errors
    /// An unknown conversation or folder, too many of them, or a database that cannot be written.
    pub async fn conversation_batch(
        &self,
        ids: Vec<ConversationId>,
        change: ConversationChange,
    ) -> Result<()> {
        if !(1..=LARGEST_BATCH).contains(&ids.len()) {
            return Err(Error::OutOfRange("ids"));
        }
        let now = self.now();
        let stopped = if change == ConversationChange::Delete { ids.clone() } else { Vec::new() };
        let work = move |w: &mut Writer<'_>| {
            ids.into_iter().try_for_each(|id| w.conversation_change(id, change, now))
        };
        self.db.write(work).await?;
        for generation in stopped.into_iter().filter_map(|id| self.generation_of(id)) {
            self.generation_cancel(generation);
        }
        Ok(())
    }

    /// Gives a conversation another title.
    ///
    /// # Errors
    /// An empty or long title, an unknown conversation, or a database that cannot be written.
    pub async fn conversation_rename(
        &self,
        id: ConversationId,
        title: String,
    ) -> Result<Conversation> {
        let title = title.trim().to_owned();
        if !(1..=TITLE_CHARACTERS).contains(&title.chars().count()) {
            return Err(Error::OutOfRange("title"));
        }
        self.db.write(move |w| w.conversation_rename(id, &title)).await
    }

    /// Keeps a conversation at the top, or lets it go.
    ///
    /// # Errors
    /// An unknown conversation, or a database that cannot be written.
    pub async fn conversation_pin(&self, id: ConversationId, pinned: bool) -> Result<Conversation> {
        self.db.write(move |w| w.conversation_pin(id, pinned)).await
    }

    /// Takes a conversation out of the list; [`App::conversation_restore`] brings it back. A
    /// running answer is stopped.
    ///
    /// # Errors
    /// An unknown conversation, or a database that cannot be written.
    pub async fn conversation_delete(&self, id: ConversationId) -> Result<()> {
        if let Some(generation) = self.generation_of(id) {
            self.generation_cancel(generation);
        }
        let now = self.now();
        self.db.write(move |w| w.conversation_delete(id, now)).await?;
        self.sweep_states();
        Ok(())
    }

    /// Brings a deleted conversation back.
    ///
    /// # Errors
    /// An unknown conversation, or a database that cannot be written.
    pub async fn conversation_restore(&self, id: ConversationId) -> Result<Conversation> {
        self.db.write(move |w| w.conversation_restore(id)).await
    }

    /// Shows the branch of a message, down to its newest leaf.
    ///
    /// # Errors
    /// An unknown conversation or message, or a database that cannot be written.
    pub async fn conversation_select(
        &self,
        id: ConversationId,
        message: MessageId,
    ) -> Result<Conversation> {
        let work = move |w: &mut Writer<'_>| {
            w.conversation(id)?;
            let head = w.newest_leaf(id, message)?;
            w.conversation_select(id, head)
        };
        self.db.write(work).await
    }
}

fn checked(config: ConversationConfig) -> Result<ConversationConfig> {
    let instructions = config.instructions.as_deref();
    if instructions.is_some_and(|text| text.len() > text::INSTRUCTION_BYTES) {
        return Err(Error::OutOfRange("instructions"));
    }
    if config.model.as_ref().is_some_and(|model| model.0.len() > MODEL_BYTES) {
        return Err(Error::OutOfRange("model"));
    }
    config.sampling.validate().map_err(Error::OutOfRange)?;
    Ok(ConversationConfig { instructions: instructions.map(text::taken).transpose()?, ..config })
}

/// Messages of a conversation with what is kept beside them.
pub(crate) fn view(
    r: &Reader<'_>,
    conversation: Conversation,
    shown: ThreadEnd,
    generation: Option<GenerationId>,
) -> hearth_store::Result<ConversationView> {
    let ThreadEnd { messages, earlier, versions } = shown;
    let findings = findings_now(r, conversation.id, messages.iter().map(|message| message.id))?;
    let sources = r.sources_of_messages(&messages)?;
    let asked = r.asked_of_messages(&messages)?;
    Ok(ConversationView {
        conversation,
        messages,
        earlier,
        versions,
        findings,
        sources,
        asked,
        generation,
    })
}
