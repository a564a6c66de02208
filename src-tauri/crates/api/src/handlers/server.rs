//! The local port and its keys, as its owner sees them.

use hearth_app::{NewPortKey, ServerStatus};
use hearth_domain::{ExportFile, KeyUseDay, PortKey, PortKeyDraft, PortKeyId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Names a key of the port.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PortKeyRef {
    /// Which.
    pub id: PortKeyId,
}

/// Changes what is said of a key.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PortKeyUpdateReq {
    /// Which.
    pub id: PortKeyId,
    /// What is said of it from now on, whole.
    pub draft: PortKeyDraft,
}

/// Asks for what was done with keys, as a file.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct PortKeyUseReq {
    /// With one key alone.
    pub id: Option<PortKeyId>,
    /// JSON instead of CSV.
    pub json: bool,
}

pub(crate) async fn server_status(cx: &Cx, _: Empty) -> Result<ServerStatus> {
    Ok(cx.app.server_status())
}

pub(crate) async fn port_key_list(cx: &Cx, _: Empty) -> Result<Vec<PortKey>> {
    Ok(cx.app.port_key_list().await?)
}

pub(crate) async fn port_key_days(cx: &Cx, request: PortKeyRef) -> Result<Vec<KeyUseDay>> {
    Ok(cx.app.port_key_days(request.id).await?)
}

pub(crate) async fn port_key_use_export(cx: &Cx, request: PortKeyUseReq) -> Result<ExportFile> {
    Ok(cx.app.port_key_use_export(request.id, request.json).await?)
}

pub(crate) async fn port_key_make(cx: &Cx, draft: PortKeyDraft) -> Result<NewPortKey> {
    Ok(cx.app.port_key_make(draft).await?)
}

pub(crate) async fn port_key_update(cx: &Cx, request: PortKeyUpdateReq) -> Result<PortKey> {
    Ok(cx.app.port_key_update(request.id, request.draft).await?)
}

pub(crate) async fn port_key_revoke(cx: &Cx, request: PortKeyRef) -> Result<Empty> {
    cx.app.port_key_revoke(request.id).await?;
    Ok(Empty {})
}
