//! Single messages: changed in place, removed with what follows, taken into a new conversation.

use hearth_domain::{Conversation, ConversationId, Message, MessageId, MessageStatus, Timestamp};
use hearth_store::{Origin, Writer};
use uuid::Uuid;

use crate::{App, Error, Result, text};

impl App {
    /// Writes another text in the place of a message's.
    ///
    /// # Errors
    /// An unknown message, one that is being written, an empty or oversized text, or a database
    /// that cannot be written.
    pub async fn message_edit(&self, id: MessageId, text: String) -> Result<Message> {
        if text.trim().is_empty() {
            return Err(Error::EmptyPrompt);
        }
        let text = text::taken(&text)?;
        self.db.write(move |w| w.message_edit(id, &text)).await
    }

    /// Takes a message with all that follows it out of its conversation, which then shows the
    /// newest branch beside it, or what came before. A running answer below it is stopped; what it
    /// wrote is kept with the rest.
    ///
    /// # Errors
    /// An unknown message, or a database that cannot be written.
    pub async fn message_delete(&self, id: MessageId) -> Result<Conversation> {
        let now = self.now();
        let deletion = self.db.write(move |w| w.message_delete(id, now)).await?;
        for generation in deletion.running {
            self.generation_cancel(generation);
        }
        self.sweep_states();
        Ok(deletion.conversation)
    }

    /// Brings back what [`App::message_delete`] took out, and shows it.
    ///
    /// # Errors
    /// An unknown message, or a database that cannot be written.
    pub async fn message_restore(&self, id: MessageId) -> Result<Conversation> {
        self.db.write(move |w| w.message_restore(id)).await
    }

    /// Copies the branch that ends in a message into a new conversation.
    ///
    /// # Errors
    /// An unknown message, or a database that cannot be written.
    pub async fn message_branch(&self, id: MessageId) -> Result<Conversation> {
        let now = self.now();
        self.db.write(move |w| copy_branch(w, id, now)).await
    }
}

fn copy_branch(
    w: &mut Writer<'_>,
    leaf: MessageId,
    now: Timestamp,
) -> hearth_store::Result<Conversation> {
    let of = w.message(leaf)?.conversation;
    let copy = Conversation {
        id: ConversationId(Uuid::now_v7()),
        pinned: false,
        archived: false,
        head: None,
        created: now,
        updated: now,
        ..w.conversation(of)?
    };
    w.conversation_insert(&copy)?;
    let mut parent = None;
    for message in w.branch(leaf)? {
        let message = Message {
            id: MessageId(Uuid::now_v7()),
            conversation: copy.id,
            parent,
            status: match message.status {
                // Nobody writes the copy on.
                MessageStatus::Streaming => MessageStatus::Stopped,
                ended => ended,
            },
            ..message
        };
        w.message_insert(&message, Origin::default())?;
        let carried: Vec<_> = message.attachments.iter().map(|carried| carried.id).collect();
        w.message_attach(message.id, &carried)?;
        parent = Some(message.id);
    }
    w.conversation(copy.id)
}
