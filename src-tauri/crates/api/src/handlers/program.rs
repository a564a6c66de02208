//! The program itself: its status, its check-up, the integrity of its data.

use hearth_app::{AppStatus, Costs, DoctorReport, VerifyReport};

use super::Empty;
use crate::{Cx, Result};

pub(crate) async fn app_status(cx: &Cx, _: Empty) -> Result<AppStatus> {
    Ok(cx.app.status(cx.host.kind(), cx.host.capabilities()).await?)
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
