//! Search, export, import, and where everything lies.

use hearth_domain::{
    ConversationId, DataPart, DataReport, ExportFile, ExportFormat, ImportReport, SearchPage,
    SearchRequest,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Asks for a file with conversations.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportReq {
    /// Which; all of them unless given.
    #[serde(default)]
    #[ts(optional)]
    pub conversations: Option<Vec<ConversationId>>,
    /// In which form.
    pub format: ExportFormat,
}

/// Takes in the text of an export file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ImportReq {
    /// All of the file.
    pub text: String,
}

/// Removes data for good.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DataDeleteReq {
    /// What.
    pub part: DataPart,
}

pub(crate) async fn search(cx: &Cx, mut request: SearchRequest) -> Result<SearchPage> {
    request.folder = cx.app.allowed_folder(cx.grant(), request.folder)?;
    Ok(cx.app.search(request).await?)
}

pub(crate) async fn conversation_export(cx: &Cx, request: ExportReq) -> Result<ExportFile> {
    Ok(cx.app.conversation_export(request.conversations, request.format).await?)
}

pub(crate) async fn conversation_import(cx: &Cx, request: ImportReq) -> Result<ImportReport> {
    Ok(cx.app.conversation_import(request.text).await?)
}

pub(crate) async fn conversation_import_pick(cx: &Cx, _: Empty) -> Result<Option<ImportReport>> {
    cx.host.pick_import(&cx.app).await
}

pub(crate) async fn data_report(cx: &Cx, _: Empty) -> Result<DataReport> {
    Ok(cx.app.data_report().await?)
}

pub(crate) async fn data_delete(cx: &Cx, request: DataDeleteReq) -> Result<DataReport> {
    Ok(cx.app.data_delete(request.part).await?)
}
