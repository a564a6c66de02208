//! The list of conversations and one of them.

use hearth_app::ConversationFilter;
use hearth_domain::{
    Conversation, ConversationChange, ConversationConfig, ConversationId, ConversationPage,
    ConversationView, FolderId, MessageId, Timestamp,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Asks for a page of the list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
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
    /// Only those in this folder.
    #[ts(optional)]
    pub folder: Option<FolderId>,
    /// Those that were put away instead of the others.
    pub archived: bool,
}

/// Names a conversation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationRef {
    /// Which.
    pub id: ConversationId,
}

/// Asks for a conversation with the end of its shown branch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationGetReq {
    /// Which.
    pub id: ConversationId,
    /// How many messages at the end, 1 to 1000; 60 unless given.
    #[serde(default)]
    #[ts(optional)]
    pub limit: Option<u32>,
    /// From this message on, where that is more than `limit`. One that is on another branch
    /// is left out of account.
    #[serde(default)]
    #[ts(optional)]
    pub from: Option<MessageId>,
    /// The messages before this one, in the place of those at the end.
    #[serde(default)]
    #[ts(optional)]
    pub before: Option<MessageId>,
}

/// Changes how a conversation is answered from now on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationConfigureReq {
    /// Which.
    pub id: ConversationId,
    /// What it is from now on, the whole of it.
    pub config: ConversationConfig,
}

/// Changes many conversations in one step: all of them or none.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationBatchReq {
    /// Which; 1 to 10 000.
    pub ids: Vec<ConversationId>,
    /// What is done to each.
    pub change: ConversationChange,
}

/// Gives a conversation another title.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationRenameReq {
    /// Which.
    pub id: ConversationId,
    /// 1 to 200 characters.
    pub title: String,
}

/// Keeps a conversation at the top, or lets it go.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ConversationPinReq {
    /// Which.
    pub id: ConversationId,
    /// Kept at the top.
    pub pinned: bool,
}

/// Shows another branch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
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
    let ConversationListReq { before, limit, query, folder, archived } = request;
    let limit = Some(limit.unwrap_or(100));
    let folder = cx.app.allowed_folder(cx.grant(), folder)?;
    let filter = ConversationFilter { before, limit, query, folder, archived };
    Ok(cx.app.conversation_list(filter).await?)
}

pub(crate) async fn conversation_get(
    cx: &Cx,
    request: ConversationGetReq,
) -> Result<ConversationView> {
    let ConversationGetReq { id, limit, from, before } = request;
    cx.app.check_conversation(cx.grant(), id).await?;
    let limit = limit.unwrap_or(60);
    Ok(match before {
        Some(before) => cx.app.conversation_before(id, before, limit).await?,
        None => cx.app.conversation_get(id, limit, from).await?,
    })
}

pub(crate) async fn conversation_configure(
    cx: &Cx,
    request: ConversationConfigureReq,
) -> Result<Conversation> {
    cx.app.check_config(cx.grant(), request.id, &request.config).await?;
    Ok(cx.app.conversation_configure(request.id, request.config).await?)
}

pub(crate) async fn conversation_batch(cx: &Cx, request: ConversationBatchReq) -> Result<Empty> {
    cx.app.check_conversations(cx.grant(), request.ids.clone()).await?;
    if let ConversationChange::Move { folder } = request.change {
        cx.app.check_move(cx.grant(), folder)?;
    }
    cx.app.conversation_batch(request.ids, request.change).await?;
    Ok(Empty {})
}

pub(crate) async fn conversation_rename(
    cx: &Cx,
    request: ConversationRenameReq,
) -> Result<Conversation> {
    cx.app.check_conversation(cx.grant(), request.id).await?;
    Ok(cx.app.conversation_rename(request.id, request.title).await?)
}

pub(crate) async fn conversation_pin(cx: &Cx, request: ConversationPinReq) -> Result<Conversation> {
    cx.app.check_conversation(cx.grant(), request.id).await?;
    Ok(cx.app.conversation_pin(request.id, request.pinned).await?)
}

pub(crate) async fn conversation_prefetch(cx: &Cx, request: ConversationRef) -> Result<Empty> {
    cx.app.conversation_prefetch(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn conversation_delete(cx: &Cx, request: ConversationRef) -> Result<Empty> {
    cx.app.check_conversation(cx.grant(), request.id).await?;
    cx.app.conversation_delete(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn conversation_restore(
    cx: &Cx,
    request: ConversationRef,
) -> Result<Conversation> {
    cx.app.check_conversation(cx.grant(), request.id).await?;
    Ok(cx.app.conversation_restore(request.id).await?)
}

pub(crate) async fn conversation_select(
    cx: &Cx,
    request: ConversationSelectReq,
) -> Result<Conversation> {
    cx.app.check_conversation(cx.grant(), request.id).await?;
    Ok(cx.app.conversation_select(request.id, request.head).await?)
}
