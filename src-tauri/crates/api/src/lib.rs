//! The one command table, and what every host does with it: dispatch, permission, wire errors,
//! streams, TypeScript types.
//!
//! Hosts (the desktop shell, the HTTP port, the private socket, the command line) call
//! [`dispatch`] and [`subscribe`] and add nothing of their own. Start reading in `commands.rs`.

mod commands;
mod context;
mod error;
mod handlers;
mod locked;
mod schema;
mod stream;
mod table;
#[cfg(test)]
mod tests;

pub use commands::{COMMANDS, dispatch};
pub use context::{Caller, Cx, Host, ServerHost};
pub use error::ApiError;
pub use handlers::{
    AttachmentAddReq, AttachmentReadReq, AttachmentRef, AuditExportReq, Autostart, AutostartSetReq,
    ChatRegenerateReq, CollectionNameReq, CollectionPauseReq, CollectionRef, CollectionRenameReq,
    ConnectionListReq, ConversationBatchReq, ConversationConfigureReq, ConversationGetReq,
    ConversationListReq, ConversationPinReq, ConversationRef, ConversationRenameReq,
    ConversationSelectReq, DataDeleteReq, DeliveryRef, DesktopState, DraftRef, DroppedFile, Empty,
    ExportReq, FileFormReq, FileRef, FileRetryReq, FolderCreateReq, FolderRef, FolderRenameReq,
    FoundModelRef, GenerationRef, GuardDecideReq, ImportReq, LibraryAddReq, LibraryFindReq,
    LibraryPickReq, LinkOpenReq, LockChangeReq, MessageAsRead, MessageEditReq, MessageRef,
    ModelAddReq, ModelConfigureReq, ModelEstimateReq, ModelLoadReq, ModelRef, ModelRemoveReq,
    ModelUnloadReq, PassphraseReq, PersonaRef, PersonaUpdateReq, PortKeyRef, PortKeyUpdateReq,
    PortKeyUseReq, PromptRef, PromptUpdateReq, QuickAct, QuickMoveReq, QuickPinReq, QuickResizeReq,
    SettingsPatchReq, ShortcutProblem, ShortcutState, SourceRef, TagListReq, TakenText,
    TextCopyReq, TextSaveReq, TextSource, TextTakeReq, WebhookRef, WebhookUpdateReq, WindowBegin,
    WindowCloseChooseReq, WindowLeftReq, WindowOpened, WindowPlace, WindowShowReq,
};
pub use hearth_app::LockState;
pub use locked::dispatch_locked;
pub use schema::{CommandSchema, Schemas};
pub use stream::subscribe;
pub use table::{Audience, CommandKind, CommandSpec};

/// The result of a command.
pub type Result<T> = std::result::Result<T, ApiError>;
