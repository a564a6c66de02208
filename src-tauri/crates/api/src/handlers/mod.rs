//! The bodies of the commands, one file a noun. Plain functions, callable from any test.

mod chat;
mod conversations;
mod desktop;
mod models;
mod personas;
mod program;
mod server;
mod settings;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use chat::{ChatRegenerateReq, GenerationRef, MessageRef};
pub(crate) use chat::{chat_regenerate, chat_send, generation_cancel};
pub use conversations::{
    ConversationListReq, ConversationPinReq, ConversationRef, ConversationRenameReq,
    ConversationSelectReq,
};
pub(crate) use conversations::{
    conversation_delete, conversation_get, conversation_list, conversation_pin,
    conversation_rename, conversation_restore, conversation_select,
};
pub use desktop::{LinkOpenReq, TextCopyReq, WindowShowReq};
pub(crate) use desktop::{link_open, text_copy, ui_ready, window_show};
pub use models::{ModelAddReq, ModelLoadReq, ModelRef};
pub(crate) use models::{
    model_add, model_consent, model_list, model_load, model_pick, model_remove, model_set_default,
    model_unload, model_verify,
};
pub use personas::{PersonaRef, PersonaUpdateReq};
pub(crate) use personas::{persona_create, persona_delete, persona_list, persona_update};
pub(crate) use program::{app_status, doctor, verify};
pub(crate) use server::{server_key_rotate, server_status};
pub use settings::SettingsPatchReq;
pub(crate) use settings::{
    recovery_code_acknowledge, recovery_code_show, settings_get, settings_update,
};

/// A request or response without fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Empty {}
