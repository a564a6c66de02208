//! From the tree of another program to ours: names, order, what is left out of the middle.

use std::collections::{HashMap, VecDeque};

use hearth_domain::{
    AttachmentId, Conversation, ConversationConfig, ConversationId, Message, MessageId,
    MessageStatus, Role, SkipReason, Timestamp,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Counts, hearth,
    thread::{Thread, ThreadMessage, title},
};
use crate::chat::MESSAGE_BYTES;

/// A conversation as the readers of foreign forms hand it over.
#[derive(Default)]
pub(super) struct Foreign {
    /// Its name in the other program.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) archived: bool,
    pub(super) created: Option<Timestamp>,
    pub(super) updated: Option<Timestamp>,
    /// The node that was shown last.
    pub(super) current: Option<String>,
    pub(super) nodes: Vec<Node>,
}

/// One node of its tree.
#[derive(Default)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) created: Option<Timestamp>,
    /// Who speaks; `None` for a node that is left out.
    pub(super) role: Option<Role>,
    pub(super) content: String,
    /// What was thought here; goes to the answer that follows.
    pub(super) reasoning: String,
    pub(super) model: Option<String>,
    /// Names and texts of files.
    pub(super) files: Vec<(String, String)>,
}

impl Node {
    fn is_kept(&self) -> bool {
        self.role.is_some() && !(self.content.trim().is_empty() && self.files.is_empty())
    }
}

/// What a node left to those below it.
#[derive(Clone, Default)]
struct Above {
    message: Option<MessageId>,
    reasoning: String,
}

/// The conversation as ours; `Err` with why it is left out.
pub(super) fn thread(
    foreign: Foreign,
    now: Timestamp,
    skipped: &mut Counts,
) -> Result<Thread, SkipReason> {
    let order = order(&foreign.nodes).ok_or(SkipReason::Malformed)?;
    let id = ConversationId(named(&foreign.id).unwrap_or_else(|| derived(&[&foreign.id])));
    let created = foreign.created.or_else(|| foreign.nodes.iter().find_map(|node| node.created));
    let created = created.unwrap_or(now);
    let current = foreign.current.as_deref();
    let mut current_index = None;
    let mut above: HashMap<usize, Above> = HashMap::new();
    let mut messages = Vec::new();
    let mut nodes: Vec<Option<Node>> = foreign.nodes.into_iter().map(Some).collect();
    for Step { index, parent } in order {
        let Some(node) = nodes.get_mut(index).and_then(Option::take) else { continue };
        if current == Some(node.id.as_str()) {
            current_index = Some(index);
        }
        let mut state = parent.and_then(|parent| above.get(&parent).cloned()).unwrap_or_default();
        if node.content.len() > MESSAGE_BYTES {
            skipped.add(SkipReason::TooLarge, 1);
        } else if node.is_kept() {
            let message = message(node, id, state, created);
            state = Above { message: Some(message.message.id), reasoning: String::new() };
            messages.push(message);
        } else {
            join(&mut state.reasoning, &node.reasoning);
        }
        above.insert(index, state);
    }
    if messages.is_empty() {
        return Err(SkipReason::Empty);
    }
    let head = current_index.and_then(|index| above.get(&index)).and_then(|above| above.message);
    let head = head.or_else(|| messages.last().map(|last| last.message.id));
    let newest = messages.iter().map(|m| m.message.created).max().unwrap_or(created);
    let conversation = Conversation {
        id,
        title: title(&foreign.title, &messages),
        pinned: false,
        archived: foreign.archived,
        folder: None,
        config: ConversationConfig::default(),
        head,
        created,
        updated: foreign.updated.unwrap_or(newest),
    };
    Ok(Thread { conversation, persona: None, messages })
}

fn message(node: Node, of: ConversationId, above: Above, begun: Timestamp) -> ThreadMessage {
    let role = node.role.unwrap_or(Role::User);
    let answer = role == Role::Assistant;
    let mut reasoning = if answer { above.reasoning } else { String::new() };
    if answer {
        join(&mut reasoning, &node.reasoning);
    }
    // The same node can be in several conversations, so its own name is not enough.
    let id = MessageId(derived(&[&of.to_string(), &node.id]));
    let files = node.files.into_iter().enumerate().map(|(number, (name, text))| {
        let file = AttachmentId(derived(&[&id.to_string(), &number.to_string()]));
        hearth::attachment(file, file_name(&name), text, 0)
    });
    let attachments = files.collect();
    let message = Message {
        id,
        conversation: of,
        parent: above.message,
        role,
        content: node.content,
        attachments: Vec::new(),
        reasoning,
        status: MessageStatus::Complete,
        finish: None,
        model: if answer { node.model } else { None },
        usage: None,
        timing: None,
        created: node.created.unwrap_or(begun),
    };
    ThreadMessage { message, attachments }
}

/// A node and the one above it.
struct Step {
    index: usize,
    parent: Option<usize>,
}

/// Parents before children, siblings by age; `None` where two nodes have one name or a row of
/// parents bites its own tail.
fn order(nodes: &[Node]) -> Option<Vec<Step>> {
    let mut places = HashMap::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        if places.insert(node.id.as_str(), index).is_some() {
            return None;
        }
    }
    let mut below: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        // A parent that the file does not have makes a root.
        let parent = node.parent.as_deref().and_then(|parent| places.get(parent).copied());
        below.entry(parent).or_default().push(index);
    }
    for siblings in below.values_mut() {
        // A stable sort: those without a time stay where the file has them.
        siblings.sort_by_key(|index| nodes[*index].created);
    }
    let mut steps = Vec::with_capacity(nodes.len());
    let mut waiting: VecDeque<Option<usize>> = VecDeque::from([None]);
    while let Some(parent) = waiting.pop_front() {
        for index in below.remove(&parent).unwrap_or_default() {
            steps.push(Step { index, parent });
            waiting.push_back(Some(index));
        }
    }
    (steps.len() == nodes.len()).then_some(steps)
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

/// A name that is a UUID already.
fn named(id: &str) -> Option<Uuid> {
    Uuid::try_parse(id).ok().filter(|id| !id.is_nil())
}

/// A UUID that is always the same for the same names, so that a file taken in twice is known.
fn derived(names: &[&str]) -> Uuid {
    let mut digest = Sha256::new();
    for name in names {
        digest.update((name.len() as u64).to_le_bytes());
        digest.update(name.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The name of a file without its folder.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if clean.trim().is_empty() { "file.txt".to_owned() } else { clean }
}
