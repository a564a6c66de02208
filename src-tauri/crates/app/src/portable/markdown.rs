//! The shown branch of conversations as Markdown, for people. What was written is left as it is.

use std::fmt::Write;

use hearth_domain::{AttachmentText, Conversation, ConversationId, Message, Role};
use hearth_store::Reader;

use super::{dates, each};

/// Stands where a conversation has no title.
const UNTITLED: &str = "Untitled conversation";

/// The text with these conversations, and their titles.
pub(super) fn write(
    r: &Reader<'_>,
    ids: &[ConversationId],
) -> hearth_store::Result<(String, Vec<String>)> {
    let mut text = String::new();
    let titles = each(r, ids, |conversation| {
        if !text.is_empty() {
            text.push_str("\n---\n\n");
        }
        add_conversation(&mut text, &conversation);
        if let Some(head) = conversation.head {
            for message in r.branch(head)? {
                add_message(&mut text, &message);
                for attachment in &message.attachments {
                    add_attachment(&mut text, &r.attachment_text(attachment.id)?);
                }
            }
        }
        Ok(())
    })?;
    Ok((text, titles))
}

fn add_conversation(text: &mut String, conversation: &Conversation) {
    let title = conversation.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = if title.is_empty() { UNTITLED } else { &title };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# {title}\n\n{}", dates::for_people(conversation.created));
    if let Some(instructions) = conversation.config.instructions.as_deref() {
        let _ = writeln!(text, "\n## Instructions\n\n{instructions}");
    }
}

fn add_message(text: &mut String, message: &Message) {
    let speaker = match (message.role, message.model.as_deref()) {
        (Role::User, _) => "You",
        (Role::System, _) => "Instructions",
        (Role::Assistant, Some(model)) => model,
        (Role::Assistant, None) => "Assistant",
    };
    let when = dates::for_people(message.created);
    let _ = writeln!(text, "\n## {speaker} · {when}\n\n{}", message.content);
}

/// Behind a fence that is longer than any in the text.
fn add_attachment(text: &mut String, attachment: &AttachmentText) {
    let longest = attachment.text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let name = attachment.attachment.name.replace(['\n', '\r'], " ");
    let end = if attachment.text.ends_with('\n') { "" } else { "\n" };
    let _ = writeln!(text, "\n**{name}**\n\n{fence}\n{}{end}{fence}", attachment.text);
}
