//! What the guardrails found, what the person decides about it, and the log of what was done.

use hearth_domain::{
    AuditFilter, AuditPage, ExportFile, GuardDecision, MessageFindings, MessageId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MessageRef;
use crate::{Cx, Result};

/// Decides about a finding.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct GuardDecideReq {
    /// In which message.
    pub message: MessageId,
    /// Its place in the list of what was found there, from 0.
    pub finding: u32,
    /// What.
    pub decision: GuardDecision,
}

/// A message as the model reads it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct MessageAsRead {
    /// With names in place of what is masked, behind what it carries.
    pub text: String,
}

/// Asks for the audit log as a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct AuditExportReq {
    /// Which entries.
    pub filter: AuditFilter,
    /// JSON instead of CSV.
    pub json: bool,
}

pub(crate) async fn guard_decide(cx: &Cx, request: GuardDecideReq) -> Result<MessageFindings> {
    let GuardDecideReq { message, finding, decision } = request;
    Ok(cx.app.guard_decide(message, finding, decision).await?)
}

pub(crate) async fn message_as_read(cx: &Cx, request: MessageRef) -> Result<MessageAsRead> {
    let text = cx.app.message_as_read(request.id).await?;
    Ok(MessageAsRead { text })
}

pub(crate) async fn audit_list(cx: &Cx, filter: AuditFilter) -> Result<AuditPage> {
    Ok(cx.app.audit_list(filter).await?)
}

pub(crate) async fn audit_export(cx: &Cx, request: AuditExportReq) -> Result<ExportFile> {
    Ok(cx.app.audit_export(request.filter, request.json).await?)
}
