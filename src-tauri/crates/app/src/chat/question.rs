//! What a question and its answer are on disk: the rows of one send, written in one transaction.

use hearth_domain::{
    Conversation, ConversationId, GenerationId, Message, MessageId, MessageStatus, Role, Timestamp,
};
use hearth_store::{Origin, Reader, Result, Writer};
use uuid::Uuid;

use super::{ChatRequest, history};

/// A question with its empty answer, as saved.
pub(super) struct Saved {
    pub(super) conversation: Conversation,
    pub(super) user_message: Message,
    pub(super) answer: Message,
    pub(super) generation: GenerationId,
    /// Whether this call wrote it; otherwise an earlier one with the same `client_id` did.
    pub(super) fresh: bool,
}

/// Writes a question and its empty answer, in a new conversation where none is named.
pub(super) fn save(
    w: &mut Writer<'_>,
    request: &ChatRequest,
    generation: GenerationId,
    now: Timestamp,
) -> Result<Saved> {
    if let Some(saved) = earlier(w, request.client_id)? {
        return Ok(saved);
    }
    let (conversation, parent) = match request.conversation {
        Some(id) => {
            let conversation = w.conversation(id)?;
            (id, request.parent.or(conversation.head))
        }
        None => begin(w, request, now)?,
    };
    let text = request.text.replace('\0', "\u{fffd}");
    let mut user_message = message(conversation, parent, Role::User, now);
    user_message.content = text;
    user_message.status = MessageStatus::Complete;
    w.message_insert(
        &user_message,
        Origin { client_id: Some(request.client_id), generation: None },
    )?;
    answer(w, user_message, generation, now)
}

/// Writes another empty answer beside `old`, or below it where it is a question.
pub(super) fn save_sibling(
    w: &mut Writer<'_>,
    old: MessageId,
    generation: GenerationId,
    now: Timestamp,
) -> Result<Saved> {
    let old = w.message(old)?;
    let question = match (old.role, old.parent) {
        (Role::Assistant, Some(parent)) => w.message(parent)?,
        _ => old,
    };
    answer(w, question, generation, now)
}

fn answer(
    w: &mut Writer<'_>,
    user_message: Message,
    generation: GenerationId,
    now: Timestamp,
) -> Result<Saved> {
    let conversation = user_message.conversation;
    let answer = message(conversation, Some(user_message.id), Role::Assistant, now);
    w.message_insert(&answer, Origin { client_id: None, generation: Some(generation) })?;
    let conversation = w.conversation(conversation)?;
    Ok(Saved { conversation, user_message, answer, generation, fresh: true })
}

/// Makes a conversation, with its instructions as the root where there are any.
fn begin(
    w: &mut Writer<'_>,
    request: &ChatRequest,
    now: Timestamp,
) -> Result<(ConversationId, Option<MessageId>)> {
    let id = ConversationId(Uuid::now_v7());
    w.conversation_insert(&Conversation {
        id,
        title: history::title(&request.text),
        pinned: false,
        persona: request.persona.or(w.settings()?.generation.persona),
        head: None,
        created: now,
        updated: now,
    })?;
    let instructions = request.instructions.as_deref().map(str::trim).unwrap_or_default();
    if instructions.is_empty() {
        return Ok((id, None));
    }
    let mut root = message(id, None, Role::System, now);
    root.content = instructions.replace('\0', "\u{fffd}");
    root.status = MessageStatus::Complete;
    w.message_insert(&root, Origin { client_id: None, generation: None })?;
    Ok((id, Some(root.id)))
}

/// What a send with this `client_id` wrote before.
pub(super) fn earlier(r: &Reader<'_>, client_id: Uuid) -> Result<Option<Saved>> {
    let Some(sent) = r.earlier_send(client_id)? else { return Ok(None) };
    let Some((answer, Some(generation))) = sent.answer else { return Ok(None) };
    Ok(Some(Saved {
        conversation: r.conversation(sent.conversation)?,
        user_message: r.message(sent.user_message)?,
        answer: r.message(answer)?,
        generation,
        fresh: false,
    }))
}

fn message(
    conversation: ConversationId,
    parent: Option<MessageId>,
    role: Role,
    now: Timestamp,
) -> Message {
    Message {
        id: MessageId(Uuid::now_v7()),
        conversation,
        parent,
        role,
        content: String::new(),
        reasoning: String::new(),
        status: MessageStatus::Streaming,
        finish: None,
        model: None,
        usage: None,
        timing: None,
        created: now,
    }
}
