//! The pages of a conversation before the end that a window opened with.

use hearth_domain::{ConversationId, ConversationView, MessageId};
use hearth_store::Error as StoreError;

use crate::{App, Error, Result, conversations::view};

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
        let read = self.db.read(move |r| {
            let conversation = r.conversation(id)?;
            let message = r.message(before)?;
            if message.conversation != id {
                return Err(StoreError::MessageNotFound);
            }
            let page = message.parent.map(|parent| r.thread_end(parent, limit, None));
            let page = page.transpose()?.unwrap_or_default();
            view(r, conversation, page, generation)
        });
        read.await
    }
}
