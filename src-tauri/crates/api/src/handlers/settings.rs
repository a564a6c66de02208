//! Settings and the recovery code.

use hearth_app::RecoveryCode;
use hearth_domain::Settings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Changes settings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatchReq {
    /// A JSON merge patch over [`Settings`].
    #[ts(type = "unknown")]
    pub patch: Value,
}

pub(crate) async fn settings_get(cx: &Cx, _: Empty) -> Result<Settings> {
    Ok(cx.app.settings())
}

pub(crate) async fn settings_update(cx: &Cx, request: SettingsPatchReq) -> Result<Settings> {
    Ok(cx.app.settings_update(request.patch).await?)
}

pub(crate) async fn recovery_code_show(cx: &Cx, _: Empty) -> Result<RecoveryCode> {
    Ok(cx.app.recovery_code_show().await?)
}

pub(crate) async fn recovery_code_acknowledge(cx: &Cx, _: Empty) -> Result<Settings> {
    Ok(cx.app.recovery_code_acknowledge().await?)
}
