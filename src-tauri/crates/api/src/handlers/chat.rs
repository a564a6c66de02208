//! Asking, asking again, stopping.

use hearth_app::{ChatRequest, ChatStarted, ContextQuestion};
use hearth_domain::{ContextUse, ConversationId, GenerationId, MessageId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Empty, MessageRef};
use crate::{Cx, Result};

/// Names a running answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct GenerationRef {
    /// Which.
    pub generation: GenerationId,
}

/// Asks for another answer beside an existing one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ChatRegenerateReq {
    /// The answer to put another beside.
    pub message: MessageId,
}

pub(crate) async fn chat_send(cx: &Cx, request: ChatRequest) -> Result<ChatStarted> {
    Ok(cx.app.chat_send_for(cx.caller.grant().cloned(), request).await?)
}

pub(crate) async fn chat_regenerate(cx: &Cx, request: ChatRegenerateReq) -> Result<ChatStarted> {
    Ok(cx.app.chat_regenerate(cx.caller.grant().cloned(), request.message).await?)
}

pub(crate) async fn chat_continue(cx: &Cx, request: MessageRef) -> Result<ChatStarted> {
    Ok(cx.app.chat_continue(cx.caller.grant().cloned(), request.id).await?)
}

pub(crate) async fn context_measure(
    cx: &Cx,
    request: ContextQuestion,
) -> Result<Option<ContextUse>> {
    Ok(cx.app.context_measure(request).await?)
}

pub(crate) async fn generation_list(cx: &Cx, _: Empty) -> Result<Vec<ConversationId>> {
    Ok(cx.app.allowed_generations(cx.grant()).await?)
}

pub(crate) async fn generation_cancel(cx: &Cx, request: GenerationRef) -> Result<Empty> {
    // One that is over is no error, and one that is not reached tells no more than that.
    if cx.app.reaches_generation(cx.grant(), request.generation).await {
        cx.app.generation_cancel(request.generation);
    }
    Ok(Empty {})
}
