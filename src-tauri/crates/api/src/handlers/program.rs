//! The program itself: its status, its check-up, the integrity of its data.

use hearth_app::{AppStatus, DoctorReport, VerifyReport};

use super::Empty;
use crate::{Cx, Result};

pub(crate) async fn app_status(cx: &Cx, _: Empty) -> Result<AppStatus> {
    Ok(cx.app.status(cx.host.kind(), cx.host.capabilities()).await?)
}

pub(crate) async fn doctor(cx: &Cx, _: Empty) -> Result<DoctorReport> {
    Ok(cx.app.doctor().await?)
}

pub(crate) async fn verify(cx: &Cx, _: Empty) -> Result<VerifyReport> {
    Ok(cx.app.verify().await?)
}
