//! What the desktop says about itself now: tray, start on login, quick chat's keys, lock. None of
//! it is a setting; each part is asked of the system or of the part of the shell that knows.

use hearth_app::LockState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Empty, quick::ShortcutState};
use crate::{Cx, Result};

/// What the settings page shows about the desktop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DesktopState {
    /// Whether a tray shows our icon.
    pub tray: bool,
    /// Start on login.
    pub autostart: Autostart,
    /// The keys that open the quick chat.
    pub shortcut: ShortcutState,
    /// The lock.
    pub lock: LockState,
}

/// Start on login, as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Autostart {
    /// Whether it can be had here at all.
    pub available: bool,
    /// Whether the system starts Hearth on login.
    pub enabled: bool,
    /// The system's entry starts something else than this program: it moved, or there are two.
    pub stale: bool,
}

/// Turns start on login on or off.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AutostartSetReq {
    /// Whether the system is to start Hearth on login.
    pub enabled: bool,
}

pub(crate) async fn desktop_state(cx: &Cx, _: Empty) -> Result<DesktopState> {
    cx.host.desktop_state(&cx.app).await
}

/// Answers what the system says afterwards.
pub(crate) async fn autostart_set(cx: &Cx, request: AutostartSetReq) -> Result<Autostart> {
    cx.host.set_autostart(request.enabled).await
}
