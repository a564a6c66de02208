//! Settings and the recovery code.

use hearth_app::RecoveryCode;
use hearth_domain::{ErrorCode, Settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::Empty;
use crate::{ApiError, Cx, Result};

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

/// A program may change much with the right key, but who comes in from outside is for a person to say.
pub(crate) async fn settings_update(cx: &Cx, request: SettingsPatchReq) -> Result<Settings> {
    if cx.caller.grant().is_some() && request.patch.pointer("/server/network").is_some() {
        let text = "a key lets no other computers in; its owner can, in the settings of Hearth";
        return Err(ApiError::new(ErrorCode::Forbidden, text));
    }
    Ok(cx.app.settings_update(request.patch).await?)
}

pub(crate) async fn recovery_code_show(cx: &Cx, _: Empty) -> Result<RecoveryCode> {
    Ok(cx.app.recovery_code_show().await?)
}

pub(crate) async fn recovery_code_acknowledge(cx: &Cx, _: Empty) -> Result<Settings> {
    Ok(cx.app.recovery_code_acknowledge().await?)
}
