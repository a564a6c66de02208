//! Webhooks and the ledger of connections, as their owner sees them.

use hearth_app::NewWebhook;
use hearth_domain::{
    ConnectionId, ConnectionPage, Delivery, DeliveryId, ExportFile, Webhook, WebhookDraft,
    WebhookId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Empty, FileFormReq};
use crate::{Cx, Result};

/// Names a webhook.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct WebhookRef {
    /// Which.
    pub id: WebhookId,
}

/// Changes what is said of a webhook.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct WebhookUpdateReq {
    /// Which.
    pub id: WebhookId,
    /// What is said of it from now on, whole.
    pub draft: WebhookDraft,
}

/// Names a message to a webhook.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DeliveryRef {
    /// Which.
    pub id: DeliveryId,
}

/// Asks for a page of the ledger.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionListReq {
    /// Those before this one; the latest without it.
    pub before: Option<ConnectionId>,
}

pub(crate) async fn webhook_list(cx: &Cx, _: Empty) -> Result<Vec<Webhook>> {
    Ok(cx.app.webhook_list().await?)
}

pub(crate) async fn webhook_deliveries(cx: &Cx, request: WebhookRef) -> Result<Vec<Delivery>> {
    Ok(cx.app.webhook_deliveries(request.id).await?)
}

pub(crate) async fn webhook_make(cx: &Cx, draft: WebhookDraft) -> Result<NewWebhook> {
    Ok(cx.app.webhook_make(draft).await?)
}

pub(crate) async fn webhook_update(cx: &Cx, request: WebhookUpdateReq) -> Result<Webhook> {
    Ok(cx.app.webhook_update(request.id, request.draft).await?)
}

pub(crate) async fn webhook_renew(cx: &Cx, request: WebhookRef) -> Result<NewWebhook> {
    Ok(cx.app.webhook_renew(request.id).await?)
}

pub(crate) async fn webhook_delete(cx: &Cx, request: WebhookRef) -> Result<Empty> {
    cx.app.webhook_delete(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn webhook_test(cx: &Cx, request: WebhookRef) -> Result<Delivery> {
    Ok(cx.app.webhook_test(request.id).await?)
}

pub(crate) async fn webhook_again(cx: &Cx, request: DeliveryRef) -> Result<Delivery> {
    Ok(cx.app.webhook_again(request.id).await?)
}

pub(crate) async fn connection_list(cx: &Cx, request: ConnectionListReq) -> Result<ConnectionPage> {
    Ok(cx.app.connection_list(request.before).await?)
}

pub(crate) async fn connection_export(cx: &Cx, request: FileFormReq) -> Result<ExportFile> {
    Ok(cx.app.connection_export(request.json).await?)
}
