//! The quick chat: what it remembers, what its window does, the text it is given, and the keys
//! that open it.

use hearth_app::QuickChange;
use hearth_domain::{ConversationId, QuickChat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::TS;

use super::Empty;
use crate::{ApiError, Caller, Cx, Result};

/// The most text that is taken from another program, in bytes.
const LONGEST: usize = 1 << 20;

/// Why the keys that open the quick chat do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ShortcutProblem {
    /// Another program has these keys.
    Taken,
    /// The desktop runs on Wayland, where no program may listen to keys; the person binds
    /// [`ShortcutState::command`] in the desktop's own settings.
    Wayland,
    /// These are no keys that can be taken.
    Invalid,
    /// The system takes no keys for programs.
    Unavailable,
}

/// The keys that open the quick chat, and whether they do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ShortcutState {
    /// The keys of the settings; `None` takes none.
    pub wanted: Option<String>,
    /// Whether they were taken and are listened to now.
    pub active: bool,
    /// Why not.
    pub problem: Option<ShortcutProblem>,
    /// The command that does the same, to be bound in the desktop's own keyboard settings.
    pub command: String,
}

/// Gives the window the size that its content needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct QuickResizeReq {
    /// In pixels of the page.
    pub width: u32,
    /// In pixels of the page; the screen sets a limit.
    pub height: u32,
}

/// Keeps the window when another one gets the keyboard.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct QuickPinReq {
    /// Whether it stays.
    pub pinned: bool,
}

/// Goes on in the main window.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct QuickMoveReq {
    /// At this conversation; `null` shows the window as it is.
    pub conversation: Option<ConversationId>,
}

/// Where text of another program is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum TextSource {
    /// What was copied.
    Clipboard,
    /// What is selected now.
    Selection,
}

/// Takes text that the person asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct TextTakeReq {
    /// From where.
    pub source: TextSource,
}

/// Text of another program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TakenText {
    /// `null` where there is none.
    pub text: Option<String>,
    /// It was longer than 1 MiB; the rest was left behind.
    pub cut: bool,
}

impl TakenText {
    /// What is taken of a text.
    fn of(text: Option<String>) -> Self {
        let Some(mut text) = text.filter(|text| !text.trim().is_empty()) else {
            return Self::default();
        };
        let cut = text.len() > LONGEST;
        text.truncate(text.floor_char_boundary(LONGEST));
        Self { text: Some(text), cut }
    }
}

/// What is done with the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuickAct {
    /// Shows it with the keyboard in it.
    Open,
    /// Hides it and keeps it.
    Hide,
    /// Gives it this width and height.
    Resize(u32, u32),
    /// Whether it stays when another window gets the keyboard.
    Pin(bool),
    /// Hides it and shows the main window, at a conversation.
    Move(Option<ConversationId>),
}

impl QuickAct {
    /// What a command does with the window; `None` where it is another command. For a host whose
    /// data is not open: a window can be hidden all the same.
    #[must_use]
    pub fn of(command: &str, request: &Value) -> Option<Result<Self>> {
        Some(match command {
            "quick_hide" => Ok(Self::Hide),
            "quick_resize" => decoded(request).map(|of: QuickResizeReq| of.act()),
            "quick_pin" => decoded(request).map(|of: QuickPinReq| Self::Pin(of.pinned)),
            "quick_move" => decoded(request).map(|of: QuickMoveReq| Self::Move(of.conversation)),
            _ => return None,
        })
    }
}

impl QuickResizeReq {
    fn act(self) -> QuickAct {
        QuickAct::Resize(self.width, self.height)
    }
}

fn decoded<T: DeserializeOwned>(request: &Value) -> Result<T> {
    T::deserialize(request).map_err(|error| ApiError::invalid_request(&error))
}

pub(crate) async fn quick_get(cx: &Cx, _: Empty) -> Result<QuickChat> {
    Ok(cx.app.quick_get().await?)
}

pub(crate) async fn quick_save(cx: &Cx, request: QuickChange) -> Result<Empty> {
    cx.app.quick_save(request).await?;
    Ok(Empty {})
}

pub(crate) async fn quick_hide(cx: &Cx, _: Empty) -> Result<Empty> {
    done(cx, QuickAct::Hide)
}

pub(crate) async fn quick_resize(cx: &Cx, request: QuickResizeReq) -> Result<Empty> {
    done(cx, request.act())
}

pub(crate) async fn quick_pin(cx: &Cx, request: QuickPinReq) -> Result<Empty> {
    done(cx, QuickAct::Pin(request.pinned))
}

pub(crate) async fn quick_move(cx: &Cx, request: QuickMoveReq) -> Result<Empty> {
    done(cx, QuickAct::Move(request.conversation))
}

fn done(cx: &Cx, act: QuickAct) -> Result<Empty> {
    cx.host.quick(act)?;
    Ok(Empty {})
}

/// Only for the quick chat, and the host answers only while the person is in it.
pub(crate) async fn text_take(cx: &Cx, request: TextTakeReq) -> Result<TakenText> {
    match &cx.caller {
        Caller::Window { label } if label == Caller::QUICK_WINDOW => {
            cx.host.take_text(request.source).await.map(TakenText::of)
        }
        _ => Err(ApiError::forbidden()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_whole_character() {
        let taken = TakenText::of(Some("é".repeat(LONGEST)));
        assert!(taken.cut);
        assert!(taken.text.is_some_and(|text| text.len() <= LONGEST && text.ends_with('é')));
        assert_eq!(TakenText::of(Some(" \n".into())), TakenText::default());
        let short = TakenText::of(Some(" a ".into()));
        assert_eq!((short.text.as_deref(), short.cut), (Some(" a "), false));
    }

    #[test]
    fn a_window_is_hidden_and_sized_without_data_and_nothing_else_is_done_there() {
        let act = |command, request| QuickAct::of(command, &request);
        assert_eq!(act("quick_hide", json!({})).unwrap().unwrap(), QuickAct::Hide);
        let size = json!({ "width": 680, "height": 200 });
        assert_eq!(act("quick_resize", size).unwrap().unwrap(), QuickAct::Resize(680, 200));
        let nowhere = json!({ "conversation": null });
        assert_eq!(act("quick_move", nowhere).unwrap().unwrap(), QuickAct::Move(None));
        assert!(act("quick_resize", json!({ "width": -1, "height": 1 })).unwrap().is_err());
        for other in ["quick_get", "quick_save", "text_take", "settings_update"] {
            assert!(act(other, json!({})).is_none(), "{other}");
        }
    }
}
