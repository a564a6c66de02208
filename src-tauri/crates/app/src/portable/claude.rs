//! `conversations.json` of Claude's export: an array of conversations, each with `chat_messages`
//! in the order in which they were shown.

use hearth_domain::{Role, SkipReason};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Counts, dates,
    foreign::{Foreign, Node},
};

#[derive(Deserialize)]
struct Conversation {
    uuid: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
    #[serde(default)]
    current_leaf_message_uuid: Option<String>,
    chat_messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    uuid: String,
    sender: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    content: Vec<Block>,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    files: Vec<Value>,
    #[serde(default)]
    parent_message_uuid: Option<String>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Value,
    #[serde(default)]
    thinking: Value,
}

#[derive(Deserialize)]
struct Attachment {
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    extracted_content: Option<String>,
}

/// Reads one conversation.
pub(super) fn read(text: &str, skipped: &mut Counts) -> Result<Foreign, SkipReason> {
    let file: Conversation = serde_json::from_str(text).map_err(|_| SkipReason::Malformed)?;
    let mut nodes: Vec<Node> = Vec::with_capacity(file.chat_messages.len());
    for message in file.chat_messages {
        let before = nodes.last().map(|last| last.id.clone());
        nodes.push(read_message(message, before, skipped)?);
    }
    Ok(Foreign {
        id: file.uuid,
        title: file.name.unwrap_or_default(),
        archived: false,
        created: file.created_at.as_deref().and_then(dates::from_text),
        updated: file.updated_at.as_deref().and_then(dates::from_text),
        current: file.current_leaf_message_uuid,
        nodes,
    })
}

/// A message follows the one that it names, or the one before it.
fn read_message(
    message: Message,
    before: Option<String>,
    skipped: &mut Counts,
) -> Result<Node, SkipReason> {
    let role = match message.sender.as_str() {
        "human" => Role::User,
        "assistant" => Role::Assistant,
        _ => return Err(SkipReason::Malformed),
    };
    let mut texts: Vec<&str> = Vec::new();
    let mut thoughts: Vec<&str> = Vec::new();
    for block in &message.content {
        match block.kind.as_str() {
            "text" => texts.extend(block.text.as_str()),
            "thinking" => thoughts.extend(block.thinking.as_str()),
            "tool_use" | "tool_result" => skipped.add(SkipReason::Tool, 1),
            // What the program says about itself.
            "token_budget" | "flag" => {}
            _ => skipped.add(SkipReason::NotText, 1),
        }
    }
    let mut content = texts.join("\n\n");
    if message.content.is_empty() {
        content = message.text.unwrap_or_default();
    }
    let mut files = Vec::new();
    for attachment in message.attachments {
        match attachment.extracted_content.filter(|text| !text.is_empty()) {
            Some(text) => files.push((attachment.file_name.unwrap_or_default(), text)),
            None => skipped.add(SkipReason::NotText, 1),
        }
    }
    skipped.add(SkipReason::NotText, message.files.len());
    Ok(Node {
        id: message.uuid,
        parent: message.parent_message_uuid.or(before),
        created: message.created_at.as_deref().and_then(dates::from_text),
        role: Some(role),
        content,
        reasoning: thoughts.join("\n\n"),
        model: None,
        files,
    })
}
