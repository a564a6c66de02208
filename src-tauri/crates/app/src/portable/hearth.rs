//! Hearth's own form, version 1 (`src-tauri/docs/export.md`). What is read back is what was
//! written; fields that this version does not know are passed over.

use std::collections::HashSet;

use hearth_domain::{
    Attachment, AttachmentId, AttachmentText, Conversation, ConversationConfig, ConversationId,
    FinishReason, Folder, FolderId, ImportFormat, Message, MessageId, MessageStatus, ModelId, Role,
    SamplingParams, SkipReason, Timestamp, Timing, Usage,
};
use hearth_store::Reader;
use serde::{Deserialize, Serialize};

use super::{
    Counts, Import, dates, each,
    thread::{TITLE_CHARACTERS, Thread, ThreadMessage},
};
use crate::{Error, Result, chat::MESSAGE_BYTES};

/// What `format` says.
pub(super) const FORMAT: &str = "hearth";
/// What `version` says, and the newest that is read.
pub(super) const VERSION: u32 = 1;

/// Characters of a folder's name.
const FOLDER_CHARACTERS: usize = 80;

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    version: u32,
    exported: Timestamp,
    folders: Vec<Folder>,
    conversations: Vec<FileConversation>,
}

#[derive(Serialize, Deserialize)]
struct FileConversation {
    id: ConversationId,
    title: String,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    folder: Option<FolderId>,
    #[serde(default)]
    persona: Option<String>,
    #[serde(default)]
    instructions: Option<String>,
    #[serde(default)]
    model: Option<ModelId>,
    #[serde(default)]
    sampling: SamplingParams,
    head: Option<MessageId>,
    created: Timestamp,
    updated: Timestamp,
    messages: Vec<FileMessage>,
}

#[derive(Serialize, Deserialize)]
struct FileMessage {
    id: MessageId,
    parent: Option<MessageId>,
    role: Role,
    content: String,
    #[serde(default)]
    attachments: Vec<FileAttachment>,
    #[serde(default)]
    reasoning: String,
    status: MessageStatus,
    #[serde(default)]
    finish: Option<FinishReason>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    usage: Option<Usage>,
    #[serde(default)]
    timing: Option<Timing>,
    created: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct FileAttachment {
    id: AttachmentId,
    name: String,
    text: String,
    /// Exports from before documents of every kind were attached have none.
    #[serde(default)]
    pages: u32,
}

/// The file with these conversations, and their titles.
pub(super) fn write(
    r: &Reader<'_>,
    ids: &[ConversationId],
    now: Timestamp,
) -> hearth_store::Result<(String, Vec<String>)> {
    let mut conversations = Vec::new();
    let titles = each(r, ids, |conversation| {
        conversations.push(to_file(r, conversation)?);
        Ok(())
    })?;
    let used: HashSet<_> = conversations.iter().filter_map(|c| c.folder).collect();
    let mut folders = r.folder_list()?;
    folders.retain(|folder| used.contains(&folder.id));
    let file =
        File { format: FORMAT.into(), version: VERSION, exported: now, folders, conversations };
    let text = serde_json::to_string(&file).map_err(|_| hearth_store::Error::RowMalformed)?;
    Ok((text, titles))
}

fn to_file(r: &Reader<'_>, conversation: Conversation) -> hearth_store::Result<FileConversation> {
    let messages = r.messages(conversation.id)?;
    let messages = messages.into_iter().map(|message| message_to_file(r, message));
    let ConversationConfig { persona, instructions, model, sampling } = conversation.config;
    Ok(FileConversation {
        id: conversation.id,
        title: conversation.title,
        pinned: conversation.pinned,
        archived: conversation.archived,
        folder: conversation.folder,
        persona: persona.map(|id| r.persona(id)).transpose()?.map(|persona| persona.draft.name),
        instructions,
        model,
        sampling,
        head: conversation.head,
        created: conversation.created,
        updated: conversation.updated,
        messages: messages.collect::<hearth_store::Result<_>>()?,
    })
}

fn message_to_file(r: &Reader<'_>, message: Message) -> hearth_store::Result<FileMessage> {
    let texts = message.attachments.iter().map(|attachment| r.attachment_text(attachment.id));
    let attachments = texts.map(|text| {
        let AttachmentText { attachment, text } = text?;
        let Attachment { id, name, pages, .. } = attachment;
        Ok(FileAttachment { id, name, text, pages })
    });
    Ok(FileMessage {
        id: message.id,
        parent: message.parent,
        role: message.role,
        content: message.content,
        attachments: attachments.collect::<hearth_store::Result<_>>()?,
        reasoning: message.reasoning,
        status: settled(message.status),
        finish: message.finish,
        model: message.model,
        usage: message.usage,
        timing: message.timing,
        created: message.created,
    })
}

/// In a file nothing is being written.
fn settled(status: MessageStatus) -> MessageStatus {
    match status {
        MessageStatus::Streaming => MessageStatus::Interrupted,
        other => other,
    }
}

/// Reads a file whose format and version are known.
pub(super) fn read(text: &str) -> Result<Import> {
    let file: File = serde_json::from_str(text).map_err(|_| Error::ImportUnreadable)?;
    let named = |folder: &Folder| (1..=FOLDER_CHARACTERS).contains(&folder.name.chars().count());
    if !file.folders.iter().all(named) {
        return Err(Error::ImportUnreadable);
    }
    let folders: HashSet<_> = file.folders.iter().map(|folder| folder.id).collect();
    let mut ids = HashSet::new();
    let mut skipped = Counts::default();
    let mut threads = Vec::new();
    for conversation in file.conversations {
        let known = conversation.folder.is_none_or(|folder| folders.contains(&folder));
        if !known || !ids.insert(conversation.id.0) {
            return Err(Error::ImportUnreadable);
        }
        if conversation.messages.iter().any(|message| message.content.len() > MESSAGE_BYTES) {
            skipped.add(SkipReason::TooLarge, 1);
        } else {
            threads.push(thread(conversation, &mut ids)?);
        }
    }
    Ok(Import { format: ImportFormat::Hearth, folders: file.folders, threads, skipped })
}

fn thread(file: FileConversation, ids: &mut HashSet<uuid::Uuid>) -> Result<Thread> {
    let mut known: HashSet<MessageId> = HashSet::new();
    let mut messages = Vec::with_capacity(file.messages.len());
    for message in file.messages {
        // A parent before its children, each once: there is no place for a circle.
        let parent = message.parent.is_none_or(|parent| known.contains(&parent));
        if !parent || !ids.insert(message.id.0) || dates::plausible(message.created).is_none() {
            return Err(Error::ImportUnreadable);
        }
        known.insert(message.id);
        messages.push(from_file(file.id, message));
    }
    let head = file.head.or_else(|| messages.last().map(|last| last.message.id));
    let moments = [file.created, file.updated].into_iter().all(|at| dates::plausible(at).is_some());
    if !moments
        || head.is_some_and(|head| !known.contains(&head))
        || file.sampling.validate().is_err()
    {
        return Err(Error::ImportUnreadable);
    }
    let FileConversation { instructions, model, sampling, .. } = file;
    let conversation = Conversation {
        id: file.id,
        title: file.title.chars().take(TITLE_CHARACTERS).collect(),
        pinned: file.pinned,
        archived: file.archived,
        folder: file.folder,
        config: ConversationConfig { persona: None, instructions, model, sampling },
        head,
        created: file.created,
        updated: file.updated,
    };
    Ok(Thread { conversation, persona: file.persona, messages })
}

fn from_file(conversation: ConversationId, file: FileMessage) -> ThreadMessage {
    let attachments = file.attachments.into_iter();
    let attachments = attachments.map(|a| attachment(a.id, a.name, a.text, a.pages)).collect();
    let message = Message {
        id: file.id,
        conversation,
        parent: file.parent,
        role: file.role,
        content: file.content,
        attachments: Vec::new(),
        reasoning: file.reasoning,
        status: settled(file.status),
        finish: file.finish,
        model: file.model,
        usage: file.usage,
        timing: file.timing,
        created: file.created,
    };
    ThreadMessage { message, attachments }
}

/// An attachment with what is counted of its text.
pub(super) fn attachment(
    id: AttachmentId,
    name: String,
    text: String,
    pages: u32,
) -> AttachmentText {
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let bytes = text.len() as u64;
    AttachmentText { attachment: Attachment { id, name, bytes, lines, pages }, text }
}
