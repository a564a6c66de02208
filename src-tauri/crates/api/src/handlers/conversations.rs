//! The list of conversations and one of them.

use hearth_domain::{
    Conversation, ConversationId, ConversationPage, ConversationView, MessageId, Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Asks for a page of the list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ConversationListReq {
    /// `next` of the page before.
    #[ts(optional)]
    pub before: Option<Timestamp>,
    /// 1 to 200; 100 unless given.
    #[ts(optional)]
    pub limit: Option<u32>,
    /// Only those whose title has this text.
    #[ts(optional)]
    pub query: Option<String>,
}

/// Names a conversation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationRef {
    /// Which.
    pub id: ConversationId,
}

/// Gives a conversation another title.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationRenameReq {
    /// Which.
    pub id: ConversationId,
    /// 1 to 200 characters.
    pub title: String,
}

/// Keeps a conversation at the top, or lets it go.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationPinReq {
    /// Which.
    pub id: ConversationId,
    /// Kept at the top.
    pub pinned: bool,
}

/// Shows another branch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationSelectReq {
    /// Which conversation.
    pub id: ConversationId,
    /// A message on the branch; its newest leaf is shown.
    pub head: MessageId,
}

pub(crate) async fn conversation_list(
    cx: &Cx,
    request: ConversationListReq,
) -> Result<ConversationPage> {
    let ConversationListReq { before, limit, query } = request;
    Ok(cx.app.conversation_list(before, limit.unwrap_or(100), query).await?)
}

pub(crate) async fn conversation_get(
    cx: &Cx,
    request: ConversationRef,
) -> Result<ConversationView> {
    Ok(cx.app.conversation_get(request.id).await?)
}

pub(crate) async fn conversation_rename(
    cx: &Cx,
    request: ConversationRenameReq,
) -> Result<Conversation> {
    Ok(cx.app.conversation_rename(request.id, request.title).await?)
}

pub(crate) async fn conversation_pin(cx: &Cx, request: ConversationPinReq) -> Result<Conversation> {
    Ok(cx.app.conversation_pin(request.id, request.pinned).await?)
}

pub(crate) async fn conversation_delete(cx: &Cx, request: ConversationRef) -> Result<Empty> {
    cx.app.conversation_delete(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn conversation_restore(
    cx: &Cx,
    request: ConversationRef,
) -> Result<Conversation> {
    Ok(cx.app.conversation_restore(request.id).await?)
}

pub(crate) async fn conversation_select(
    cx: &Cx,
    request: ConversationSelectReq,
) -> Result<Conversation> {
    Ok(cx.app.conversation_select(request.id, request.head).await?)
}
