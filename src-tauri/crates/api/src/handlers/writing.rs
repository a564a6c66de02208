//! What is written before it is sent: drafts, attached documents, saved prompts, what was asked
//! before.

use hearth_app::DraftChange;
use hearth_domain::{
    Attachment, AttachmentId, AttachmentText, ConversationId, Draft, Prompt, PromptDraft, PromptId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Names the draft of a conversation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DraftRef {
    /// Which conversation; `null` is that of a new one.
    pub conversation: Option<ConversationId>,
}

/// A text file to be attached.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AttachmentAddReq {
    /// The name of the file; a folder before it is cut off.
    pub name: String,
    /// Its text, at most 4 MiB.
    pub text: String,
}

/// A file of any kind that the readers know, to be attached.
#[derive(Clone, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AttachmentReadReq {
    /// The name of the file; a folder before it is cut off.
    pub name: String,
    /// The file, in Base64.
    pub content: String,
    /// What opens it, where it needs that.
    #[serde(default)]
    #[ts(optional)]
    pub password: Option<String>,
}

/// Names an attachment.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AttachmentRef {
    /// Which.
    pub id: AttachmentId,
}

/// Changes a saved prompt.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PromptUpdateReq {
    /// Which.
    pub id: PromptId,
    /// What it is from now on.
    pub draft: PromptDraft,
}

/// Names a saved prompt.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PromptRef {
    /// Which.
    pub id: PromptId,
}

pub(crate) async fn draft_get(cx: &Cx, request: DraftRef) -> Result<Draft> {
    Ok(cx.app.draft_get(request.conversation).await?)
}

pub(crate) async fn draft_save(cx: &Cx, request: DraftChange) -> Result<Empty> {
    cx.app.draft_save(request).await?;
    Ok(Empty {})
}

pub(crate) async fn attachment_add(cx: &Cx, request: AttachmentAddReq) -> Result<Attachment> {
    Ok(cx.app.attachment_add(request.name, request.text).await?)
}

pub(crate) async fn attachment_read(cx: &Cx, request: AttachmentReadReq) -> Result<Attachment> {
    let AttachmentReadReq { name, content, password } = request;
    let content = data_encoding::BASE64.decode(content.as_bytes());
    let content = content.map_err(|_| hearth_app::Error::OutOfRange("content"))?;
    Ok(cx.app.attachment_read(name, content, password).await?)
}

pub(crate) async fn attachment_get(cx: &Cx, request: AttachmentRef) -> Result<AttachmentText> {
    Ok(cx.app.attachment_get(request.id).await?)
}

pub(crate) async fn input_history(cx: &Cx, _: Empty) -> Result<Vec<String>> {
    Ok(cx.app.input_history().await?)
}

pub(crate) async fn prompt_list(cx: &Cx, _: Empty) -> Result<Vec<Prompt>> {
    Ok(cx.app.prompt_list().await?)
}

pub(crate) async fn prompt_create(cx: &Cx, draft: PromptDraft) -> Result<Prompt> {
    Ok(cx.app.prompt_create(draft).await?)
}

pub(crate) async fn prompt_update(cx: &Cx, request: PromptUpdateReq) -> Result<Prompt> {
    Ok(cx.app.prompt_update(request.id, request.draft).await?)
}

pub(crate) async fn prompt_delete(cx: &Cx, request: PromptRef) -> Result<Empty> {
    cx.app.prompt_delete(request.id).await?;
    Ok(Empty {})
}
