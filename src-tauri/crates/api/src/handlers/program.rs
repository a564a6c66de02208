//! The program itself: its status, its check-up, the integrity of its data.

use hearth_app::{Activity, AppStatus, Costs, DoctorReport, VerifyReport};

use hearth_domain::ExportFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

pub(crate) async fn app_status(cx: &Cx, _: Empty) -> Result<AppStatus> {
    Ok(cx.app.status(cx.host.kind(), cx.host.capabilities()).await?)
}

/// Asks for a file.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct FileFormReq {
    /// JSON instead of CSV.
    pub json: bool,
}

pub(crate) async fn activity(cx: &Cx, _: Empty) -> Result<Activity> {
    Ok(cx.app.activity())
}

pub(crate) async fn activity_export(cx: &Cx, request: FileFormReq) -> Result<ExportFile> {
    Ok(cx.app.activity_export(request.json)?)
}

/// Measures; nothing is measured while nobody asks.
pub(crate) async fn costs(cx: &Cx, _: Empty) -> Result<Costs> {
    Ok(cx.app.costs().await?)
}

pub(crate) async fn doctor(cx: &Cx, _: Empty) -> Result<DoctorReport> {
    Ok(cx.app.doctor().await?)
}

pub(crate) async fn verify(cx: &Cx, _: Empty) -> Result<VerifyReport> {
    Ok(cx.app.verify().await?)
}
