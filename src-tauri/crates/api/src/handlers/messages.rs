//! Single messages: changed in place, removed with what follows, taken into a new conversation.

use hearth_domain::{Conversation, Message, MessageId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Cx, Result};

/// Names a message.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct MessageRef {
    /// Which.
    pub id: MessageId,
}

/// Writes another text in the place of a message's, without a new branch and without an answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct MessageEditReq {
    /// Which.
    pub id: MessageId,
    /// The whole text.
    pub text: String,
}

pub(crate) async fn message_edit(cx: &Cx, request: MessageEditReq) -> Result<Message> {
    Ok(cx.app.message_edit(cx.grant(), request.id, request.text).await?)
}

pub(crate) async fn message_delete(cx: &Cx, request: MessageRef) -> Result<Conversation> {
    cx.app.check_message(cx.grant(), request.id).await?;
    Ok(cx.app.message_delete(request.id).await?)
}

pub(crate) async fn message_restore(cx: &Cx, request: MessageRef) -> Result<Conversation> {
    cx.app.check_message(cx.grant(), request.id).await?;
    Ok(cx.app.message_restore(request.id).await?)
}

pub(crate) async fn message_branch(cx: &Cx, request: MessageRef) -> Result<Conversation> {
    cx.app.check_message(cx.grant(), request.id).await?;
    Ok(cx.app.message_branch(request.id).await?)
}
