//! The pages of a conversation before the end that a window opened with.

use hearth_domain::{ConversationId, ConversationView, MessageId};
use hearth_store::{Error as StoreError, ThreadEnd};

use crate::{App, Error, Result, guard::findings_now};

/// Messages of one page.
const LARGEST_PAGE: u32 = 1000;

impl App {
    /// A conversation with the `limit` messages that come before one of its messages, whichever
    /// branch that is on.
    ///
    /// # Errors
    /// An unknown conversation or message, a limit out of range, or a database that cannot be read.
    pub async fn conversation_before(
        &self,
        id: ConversationId,
        before: MessageId,
        limit: u32,
    ) -> Result<ConversationView> {
        if !(1..=LARGEST_PAGE).contains(&limit) {
            return Err(Error::OutOfRange("limit"));
        }
        let generation = self.generation_of(id);
        let (conversation, page, findings, sources) = self
            .db
            .read(move |r| {
                let conversation = r.conversation(id)?;
                let message = r.message(before)?;
                if message.conversation != id {
                    return Err(StoreError::MessageNotFound);
                }
                let page = message.parent.map(|parent| r.thread_end(parent, limit, None));
                let page = page.transpose()?.unwrap_or_default();
                let findings = findings_now(r, id, page.messages.iter().map(|it| it.id))?;
                let sources = r.sources_of_messages(&page.messages)?;
                Ok((conversation, page, findings, sources))
            })
            .await?;
        let ThreadEnd { messages, earlier, versions } = page;
        Ok(ConversationView {
            conversation,
            messages,
            earlier,
            versions,
            findings,
            sources,
            generation,
        })
    }
}
