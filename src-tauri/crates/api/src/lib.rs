//! The one command table, and what every host does with it: dispatch, permission, wire errors,
//! streams, TypeScript types.
//!
//! Hosts (the desktop shell, the HTTP port, the private socket, the command line) call
//! [`dispatch`] and [`subscribe`] and add nothing of their own. Start reading in `commands.rs`.

mod commands;
mod context;
mod error;
mod handlers;
mod stream;
mod table;
#[cfg(test)]
mod tests;

pub use commands::{COMMANDS, dispatch};
pub use context::{Caller, Cx, Host, ServerHost};
pub use error::ApiError;
pub use handlers::{
    AttachmentAddReq, AttachmentRef, ChatRegenerateReq, ConversationBatchReq,
    ConversationConfigureReq, ConversationGetReq, ConversationListReq, ConversationPinReq,
    ConversationRef, ConversationRenameReq, ConversationSelectReq, DataDeleteReq, DraftRef,
    DroppedFile, Empty, ExportReq, FolderCreateReq, FolderRef, FolderRenameReq, GenerationRef,
    ImportReq, LinkOpenReq, MessageEditReq, MessageRef, ModelAddReq, ModelLoadReq, ModelRef,
    PersonaRef, PersonaUpdateReq, PromptRef, PromptUpdateReq, SettingsPatchReq, TextCopyReq,
    TextSaveReq, WindowShowReq,
};
pub use stream::subscribe;
pub use table::{Audience, CommandKind, CommandSpec};

/// The result of a command.
pub type Result<T> = std::result::Result<T, ApiError>;
