//! `conversations.json` of ChatGPT's export: an array of conversations, each with a `mapping` from
//! the names of nodes to nodes with a parent and perhaps a message.

use std::fmt;

use hearth_domain::{Role, SkipReason};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::{
    Counts, dates,
    foreign::{Foreign, Node},
};

#[derive(Deserialize)]
struct Conversation {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    create_time: Option<f64>,
    #[serde(default)]
    update_time: Option<f64>,
    mapping: Mapping,
    #[serde(default)]
    current_node: Option<String>,
    #[serde(default)]
    conversation_id: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    is_archived: Option<bool>,
}

#[derive(Deserialize)]
struct FileNode {
    #[serde(default)]
    message: Option<Message>,
    #[serde(default)]
    parent: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    author: Author,
    #[serde(default)]
    create_time: Option<f64>,
    #[serde(default)]
    content: Content,
    #[serde(default)]
    recipient: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Author {
    role: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    content_type: String,
    parts: Vec<Value>,
    text: Value,
    thoughts: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    is_visually_hidden_from_conversation: Option<bool>,
    model_slug: Option<String>,
    attachments: Value,
}

/// The nodes in the order of the file; a map of the library would lose one of two with one name.
struct Mapping(Vec<(String, FileNode)>);

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Nodes;
        impl<'de> Visitor<'de> for Nodes {
            type Value = Mapping;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("nodes by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mapping, A::Error> {
                let mut nodes = Vec::new();
                while let Some(node) = map.next_entry()? {
                    nodes.push(node);
                }
                Ok(Mapping(nodes))
            }
        }
        deserializer.deserialize_map(Nodes)
    }
}

/// Reads one conversation.
pub(super) fn read(text: &str, skipped: &mut Counts) -> Result<Foreign, SkipReason> {
    let file: Conversation = serde_json::from_str(text).map_err(|_| SkipReason::Malformed)?;
    let id = file.conversation_id.or(file.id).ok_or(SkipReason::Malformed)?;
    let nodes = file.mapping.0.into_iter().map(|(name, node)| read_node(name, node, skipped));
    Ok(Foreign {
        id,
        title: file.title.unwrap_or_default(),
        archived: file.is_archived.unwrap_or(false),
        created: file.create_time.and_then(dates::from_seconds),
        updated: file.update_time.and_then(dates::from_seconds),
        current: file.current_node,
        nodes: nodes.collect(),
    })
}

fn read_node(id: String, node: FileNode, skipped: &mut Counts) -> Node {
    let empty = Node { id, parent: node.parent, ..Node::default() };
    let Some(message) = node.message else { return empty };
    let empty = Node { created: message.create_time.and_then(dates::from_seconds), ..empty };
    let hidden = message.metadata.is_visually_hidden_from_conversation == Some(true);
    let kind = message.content.content_type.as_str();
    let role = match message.author.role.as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => {
            skipped.add(SkipReason::Tool, 1);
            return empty;
        }
        // Instructions of the other program, which nobody there saw.
        _ => return empty,
    };
    if kind == "thoughts" {
        return Node { reasoning: thoughts(&message.content.thoughts), ..empty };
    }
    if hidden || matches!(kind, "reasoning_recap" | "user_editable_context") {
        return empty;
    }
    let to_tool = message.recipient.as_deref().is_some_and(|to| to != "all" && !to.is_empty());
    if to_tool || matches!(kind, "execution_output" | "tether_browsing_display") {
        skipped.add(SkipReason::Tool, 1);
        return empty;
    }
    let (content, others) = text_of(&message.content);
    skipped.add(SkipReason::NotText, others + files(&message.metadata.attachments));
    Node { role: Some(role), content, model: message.metadata.model_slug, ..empty }
}

/// The text of a message, and how many of its parts are none.
fn text_of(content: &Content) -> (String, usize) {
    let mut texts = Vec::new();
    let mut others = 0;
    for part in &content.parts {
        // What was spoken is a part with its text.
        match part.as_str().or_else(|| part.get("text").and_then(Value::as_str)) {
            Some("") => {}
            Some(text) => texts.push(without_marks(text)),
            None => others += 1,
        }
    }
    if let Some(text) = content.text.as_str().filter(|_| content.parts.is_empty()) {
        texts.push(without_marks(text));
    }
    (texts.join("\n\n"), others)
}

/// Uploaded files, whose content is not in the export; pictures are parts as well.
fn files(attachments: &Value) -> usize {
    let list = attachments.as_array().map_or(&[][..], Vec::as_slice);
    let picture = |file: &&Value| {
        let kind = file.get("mime_type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.starts_with("image/") || kind.starts_with("audio/"))
    };
    list.iter().filter(|file| !picture(file)).count()
}

fn thoughts(thoughts: &Value) -> String {
    let list = thoughts.as_array().map_or(&[][..], Vec::as_slice);
    let texts = list.iter().filter_map(|thought| thought.get("content").and_then(Value::as_str));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Without the references that only ChatGPT's page can resolve: they stand between U+E200 and
/// U+E201.
fn without_marks(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\u{e200}') {
        let Some(length) = rest[start..].find('\u{e201}') else { break };
        kept.push_str(&rest[..start]);
        rest = &rest[start + length + '\u{e201}'.len_utf8()..];
    }
    kept.push_str(rest);
    kept
}
