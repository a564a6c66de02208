//! A conversation with its whole tree, on its way in.

use hearth_domain::{AttachmentText, Conversation, Message};

/// A conversation that is ready to be saved.
pub(super) struct Thread {
    /// The conversation; `head` is one of `messages`.
    pub(super) conversation: Conversation,
    /// The name of its persona, where the file names one.
    pub(super) persona: Option<String>,
    /// Parents before children.
    pub(super) messages: Vec<ThreadMessage>,
}

/// One message of it.
pub(super) struct ThreadMessage {
    /// The message, without attachments.
    pub(super) message: Message,
    /// What it carries.
    pub(super) attachments: Vec<AttachmentText>,
}

/// Characters of a title.
pub(super) const TITLE_CHARACTERS: usize = 200;
/// Characters of a title that is made of a question.
const MADE_CHARACTERS: usize = 60;

/// A title on one line that is not too long; the beginning of the first message where there is
/// none.
pub(super) fn title(given: &str, messages: &[ThreadMessage]) -> String {
    let line = |text: &str, limit: usize| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().take(limit).collect::<String>()
    };
    let given = line(given, TITLE_CHARACTERS);
    if !given.is_empty() {
        return given;
    }
    let first = messages.iter().map(|m| m.message.content.as_str()).find(|text| !text.is_empty());
    // A long text is not folded for the sake of its beginning.
    let beginning: String = first.unwrap_or_default().chars().take(4 * MADE_CHARACTERS).collect();
    line(&beginning, MADE_CHARACTERS).trim_end().to_owned()
}
