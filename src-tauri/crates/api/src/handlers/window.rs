//! The main window and its page: where the person is in it, what waits for it, what closing means.

use hearth_domain::{CloseChoice, ConversationId, MessageId, OpenedModel, PersonaId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;

use super::Empty;
use crate::{ApiError, Caller, Cx, Result};

/// Where the person is in the window. It is kept in memory only, for a page that has to be made
/// anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct WindowPlace {
    /// The open conversation; `null` is a new one.
    pub conversation: Option<ConversationId>,
    /// The first message that is seen; `null` where the end is.
    pub message: Option<MessageId>,
}

/// What a page that has just come up is told, once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WindowOpened {
    /// Where the person was; `null` where nothing was open yet.
    pub place: Option<WindowPlace>,
    /// Text that a link wants in the field.
    pub draft: Option<String>,
    /// The page before this one ended by itself.
    pub reloaded: bool,
    /// A link wanted what links may not do.
    pub link_refused: bool,
    /// A new conversation is wanted.
    pub begin: Option<WindowBegin>,
    /// The settings are wanted.
    pub settings: bool,
    /// Model files that came from outside the page.
    pub models: Vec<OpenedModel>,
}

/// A new conversation that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WindowBegin {
    /// With whom; `null` is nobody.
    pub persona: Option<PersonaId>,
}

/// What a page answers when it is asked to keep what is written in it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct WindowLeftReq {
    /// Whether everything is kept; where something would be lost, the page stays if it can.
    pub kept: bool,
}

/// The person's answer to what closing the window means.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct WindowCloseChooseReq {
    /// `tray` or `quit`.
    pub choice: CloseChoice,
    /// Do the same from now on without asking.
    pub remember: bool,
}

pub(crate) async fn window_opened(cx: &Cx, _: Empty) -> Result<WindowOpened> {
    main_window(cx)?;
    cx.host.window_opened()
}

pub(crate) async fn window_place(cx: &Cx, place: WindowPlace) -> Result<Empty> {
    main_window(cx)?;
    cx.host.window_place(place)?;
    Ok(Empty {})
}

pub(crate) async fn window_left(cx: &Cx, request: WindowLeftReq) -> Result<Empty> {
    main_window(cx)?;
    cx.host.window_left(request.kept)?;
    Ok(Empty {})
}

pub(crate) async fn window_close_choose(cx: &Cx, request: WindowCloseChooseReq) -> Result<Empty> {
    main_window(cx)?;
    if request.remember && request.choice != CloseChoice::Ask {
        cx.app.settings_update(json!({ "desktop": { "close": request.choice } })).await?;
    }
    cx.host.close_window(request.choice)?;
    Ok(Empty {})
}

/// The person has read that the model was not loaded, and leaves it at that.
pub(crate) async fn crash_told(cx: &Cx, _: Empty) -> Result<Empty> {
    cx.app.note_crash_told();
    Ok(Empty {})
}

/// The quick chat has a life of its own.
fn main_window(cx: &Cx) -> Result<()> {
    match &cx.caller {
        Caller::Window { label } if label == Caller::MAIN_WINDOW => Ok(()),
        _ => Err(ApiError::forbidden()),
    }
}
