//! The passphrase of the data. Locking and unlocking are the business of the desktop: there is no
//! open data then that the table could ask.

use hearth_app::LockState;
use hearth_domain::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Sets a passphrase, or removes the one that was set.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PassphraseReq {
    /// What was typed.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub passphrase: Secret<String>,
}

/// Replaces the passphrase.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct LockChangeReq {
    /// The one that was set.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub old: Secret<String>,
    /// The one that is to be.
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub new: Secret<String>,
}

pub(crate) async fn lock_state(cx: &Cx, _: Empty) -> Result<LockState> {
    Ok(cx.app.lock_state())
}

pub(crate) async fn lock_set(cx: &Cx, request: PassphraseReq) -> Result<LockState> {
    Ok(cx.app.lock_set(request.passphrase).await?)
}

pub(crate) async fn lock_change(cx: &Cx, request: LockChangeReq) -> Result<LockState> {
    Ok(cx.app.lock_change(request.old, request.new).await?)
}

pub(crate) async fn lock_remove(cx: &Cx, request: PassphraseReq) -> Result<LockState> {
    Ok(cx.app.lock_remove(request.passphrase).await?)
}

/// Answers before the data is locked: the window goes with it.
pub(crate) async fn lock_now(cx: &Cx, _: Empty) -> Result<Empty> {
    cx.host.lock_now()?;
    Ok(Empty {})
}
