//! What a question and its answer are on disk: the rows of one send, written in one transaction.

use hearth_domain::{
    Conversation, ConversationConfig, ConversationId, GenerationId, GuardFinding, Message,
    MessageId, MessageStatus, Role, Timestamp,
};
use hearth_store::{Origin, Reader, Result, Writer};
use uuid::Uuid;

use super::{ChatRequest, title};
use crate::{
    guard::{Guards, Screened, findings_now},
    text::without_zeros,
};

/// A question with its empty answer, as saved.
pub(super) struct Saved {
    pub(super) conversation: Conversation,
    pub(super) user_message: Message,
    pub(super) answer: Message,
    /// What the guardrails found in the question.
    pub(super) findings: Vec<GuardFinding>,
    pub(super) generation: GenerationId,
    /// Whether this call wrote it; otherwise an earlier one with the same `client_id` did.
    pub(super) fresh: bool,
}

/// Writes a question and its empty answer, in a new conversation where none is named. `program` says
/// that no person typed it.
pub(super) fn save(
    w: &mut Writer<'_>,
    request: &ChatRequest,
    (generation, program): (GenerationId, bool),
    now: Timestamp,
    (guards, screened): (&Guards, Screened),
) -> Result<Saved> {
    if let Some(saved) = earlier(w, request.client_id)? {
        return Ok(saved);
    }
    let (conversation, parent) = match request.conversation {
        Some(id) => {
            let conversation = w.conversation(id)?;
            let parent = match request.beside {
                Some(other) => w.message(other)?.parent,
                None => request.parent.or(conversation.head),
            };
            (id, parent)
        }
        None => begin(w, request, now)?,
    };
    let text = without_zeros(&request.text);
    let mut user_message = message(conversation, parent, Role::User, now);
    user_message.content = text;
    user_message.status = MessageStatus::Complete;
    w.message_insert(
        &user_message,
        Origin { client_id: Some(request.client_id), generation: None },
    )?;
    w.message_attach(user_message.id, &request.attachments)?;
    if !screened.is_clean() {
        screened.save(w, guards, (conversation, user_message.id), now)?;
    }
    w.message_ask(user_message.id, &request.collections, &request.parts)?;
    if request.everything {
        w.message_read_all(user_message.id)?;
    }
    if !program {
        // What was typed is no draft any more; the question and the draft change together.
        w.draft_clear_sent(request.conversation, &request.text)?;
    }
    let user_message = w.message(user_message.id)?;
    answer(w, user_message, generation, now)
}

/// Lets an answer be written on from its text, and shows it. Nothing where the message is no
/// answer or something follows it: what follows was written to the text as it is.
pub(super) fn reopen(
    w: &mut Writer<'_>,
    id: MessageId,
    generation: GenerationId,
) -> Result<Option<Saved>> {
    let old = w.message(id)?;
    let (Role::Assistant, Some(question)) = (old.role, old.parent) else { return Ok(None) };
    if w.newest_leaf(old.conversation, id)? != id {
        return Ok(None);
    }
    // An answer that ended inside a character ends with a mark in its place; the model writes the
    // character anew.
    let content = old.content.trim_end_matches('\u{fffd}');
    let answer = w.message_reopen(id, generation, content)?;
    let user_message = w.message(question)?;
    let conversation = w.conversation_select(old.conversation, id)?;
    let findings = findings(w, &user_message)?;
    Ok(Some(Saved { conversation, user_message, answer, findings, generation, fresh: true }))
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
    let findings = findings(w, &user_message)?;
    Ok(Saved { conversation, user_message, answer, findings, generation, fresh: true })
}

/// Makes a conversation that is answered as the request asks.
fn begin(
    w: &mut Writer<'_>,
    request: &ChatRequest,
    now: Timestamp,
) -> Result<(ConversationId, Option<MessageId>)> {
    let id = ConversationId(Uuid::now_v7());
    request.folder.map(|folder| w.folder(folder)).transpose()?;
    let mut named = title::title(&request.text);
    if let (true, Some(first)) = (named.is_empty(), request.attachments.first()) {
        named = title::title(&w.attachment(*first)?.name);
    }
    w.conversation_insert(&Conversation {
        id,
        title: named,
        pinned: false,
        archived: false,
        folder: request.folder,
        config: config(request, w)?,
        head: None,
        created: now,
        updated: now,
    })?;
    Ok((id, None))
}

/// How a new conversation is answered.
fn config(request: &ChatRequest, r: &Reader<'_>) -> Result<ConversationConfig> {
    let instructions = request.instructions.as_deref().map(str::trim).unwrap_or_default();
    Ok(ConversationConfig {
        persona: request.persona.or(r.settings()?.generation.persona),
        instructions: (!instructions.is_empty()).then(|| without_zeros(instructions)),
        model: request.model.clone(),
        sampling: request.sampling.clone(),
    })
}

/// What a send with this `client_id` wrote before.
pub(super) fn earlier(r: &Reader<'_>, client_id: Uuid) -> Result<Option<Saved>> {
    let Some(sent) = r.earlier_send(client_id)? else { return Ok(None) };
    let Some((answer, Some(generation))) = sent.answer else { return Ok(None) };
    let user_message = r.message(sent.user_message)?;
    Ok(Some(Saved {
        conversation: r.conversation(sent.conversation)?,
        answer: r.message(answer)?,
        findings: findings(r, &user_message)?,
        user_message,
        generation,
        fresh: false,
    }))
}

/// What was found in a question, with what was decided since.
fn findings(r: &Reader<'_>, of: &Message) -> Result<Vec<GuardFinding>> {
    let found = findings_now(r, of.conversation, [of.id])?.pop();
    Ok(found.map(|it| it.findings).unwrap_or_default())
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
        attachments: Vec::new(),
        reasoning: String::new(),
        status: MessageStatus::Streaming,
        finish: None,
        model: None,
        usage: None,
        timing: None,
        created: now,
    }
}
