//! The list of conversations, and one of them.

use hearth_domain::{
    Conversation, ConversationId, ConversationPage, ConversationView, MessageId, Timestamp,
};
use hearth_store::ConversationFilter;

use crate::{App, Error, Result};

/// Characters of a title.
const TITLE_CHARACTERS: usize = 200;

impl App {
    /// A page of the list, pinned ones first, then the newest.
    ///
    /// # Errors
    /// A limit out of range, or a database that cannot be read.
    pub async fn conversation_list(
        &self,
        before: Option<Timestamp>,
        limit: u32,
        query: Option<String>,
    ) -> Result<ConversationPage> {
        if !(1..=200).contains(&limit) {
            return Err(Error::OutOfRange("limit"));
        }
        let filter = ConversationFilter { before, limit: Some(limit), query };
        self.db.read(move |r| r.conversation_list(&filter)).await
    }

    /// A conversation with its whole tree and the answer that is being written.
    ///
    /// # Errors
    /// An unknown conversation, or a database that cannot be read.
    pub async fn conversation_get(&self, id: ConversationId) -> Result<ConversationView> {
        // Asked first: an answer that ends meanwhile is then at worst followed to its kept end.
        let generation = self.generation_of(id);
        let (conversation, messages) =
            self.db.read(move |r| Ok((r.conversation(id)?, r.messages(id)?))).await?;
        Ok(ConversationView { conversation, messages, generation })
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
        self.db.write(move |w| w.conversation_delete(id, now)).await
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
        let messages = self.db.read(move |r| r.messages(id)).await?;
        let mut head = message;
        while let Some(child) = messages.iter().rev().find(|m| m.parent == Some(head)) {
            head = child.id;
        }
        self.db.write(move |w| w.conversation_select(id, head)).await
    }
}
