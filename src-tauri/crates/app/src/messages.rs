//! Single messages: changed in place, removed with what follows, taken into a new conversation.

use hearth_domain::{
    Conversation, ConversationId, Message, MessageFindings, MessageId, MessageStatus, Timestamp,
};
use hearth_store::{Origin, Writer};
use uuid::Uuid;

use crate::{
    App, Error, Result,
    guard::{Guards, Masking},
    port_keys::Grant,
    text,
};

impl App {
    /// Writes another text in the place of a message's.
    ///
    /// # Errors
    /// An unknown message, one that is being written, an empty or oversized text, one that the
    /// guardrails do not let through, or a database that cannot be written.
    pub async fn message_edit(
        &self,
        grant: Option<&Grant>,
        id: MessageId,
        text: String,
    ) -> Result<Message> {
        self.check_message(grant, id).await?;
        if text.trim().is_empty() {
            return Err(Error::EmptyPrompt);
        }
        let text = text::taken(&text)?;
        let screened = self.screen_edit(id, &text, self.guard_policy(grant)).await?;
        let (guards, now) = (std::sync::Arc::clone(&self.guards), self.now());
        let work = move |w: &mut Writer<'_>| {
            let edited = w.message_edit(id, &text)?;
            match screened {
                Some(screened) => {
                    screened.save(w, &guards, (edited.conversation, id), now)?;
                }
                None => {
                    let findings = Guards::after_edit(&w.findings(id)?, &text);
                    w.findings_save(&MessageFindings { message: id, findings })?;
                }
            }
            Ok(edited)
        };
        self.db.write(work).await
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
    // The same person's copy of the same words: its names mean the same.
    if let Some(masking) = Masking::read(w, of)? {
        masking.save(w, copy.id)?;
    }
    let mut parent = None;
    for message in w.branch(leaf)? {
        let findings = w.findings(message.id)?;
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
        w.findings_save(&MessageFindings { message: message.id, findings })?;
        parent = Some(message.id);
    }
    w.conversation(copy.id)
}
