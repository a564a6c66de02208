//! The bodies of the commands, one file a noun. Plain functions, callable from any test.

mod chat;
mod conversations;
mod desktop;
mod desktop_state;
mod folders;
mod guard;
mod library;
mod lock;
mod messages;
mod models;
mod personas;
mod portable;
mod program;
mod quick;
mod server;
mod settings;
mod webhooks;
mod window;
mod writing;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use chat::{ChatRegenerateReq, GenerationRef};
pub(crate) use chat::{
    chat_continue, chat_regenerate, chat_send, context_measure, generation_cancel, generation_list,
};
pub use conversations::{
    ConversationBatchReq, ConversationConfigureReq, ConversationGetReq, ConversationListReq,
    ConversationPinReq, ConversationRef, ConversationRenameReq, ConversationSelectReq,
};
pub(crate) use conversations::{
    conversation_batch, conversation_configure, conversation_delete, conversation_get,
    conversation_list, conversation_pin, conversation_prefetch, conversation_rename,
    conversation_restore, conversation_select,
};
pub use desktop::{DroppedFile, LinkOpenReq, TextCopyReq, TextSaveReq, WindowShowReq};
pub(crate) use desktop::{
    files_dropped, link_open, show_window, text_copy, text_save, ui_ready, window_show,
};
pub use desktop_state::{Autostart, AutostartSetReq, DesktopState};
pub(crate) use desktop_state::{autostart_set, desktop_state};
pub use folders::{FolderCreateReq, FolderRef, FolderRenameReq};
pub(crate) use folders::{folder_create, folder_delete, folder_list, folder_rename};
pub use guard::{AuditExportReq, GuardDecideReq, MessageAsRead};
pub(crate) use guard::{audit_export, audit_list, guard_decide, message_as_read};
pub use library::{
    CollectionNameReq, CollectionPauseReq, CollectionRef, CollectionRenameReq, FileRef,
    FileRetryReq, LibraryAddReq, LibraryFindReq, LibraryPickReq, SourceRef, TagListReq,
};
pub(crate) use library::{
    collection_create, collection_delete, collection_find, collection_list, collection_open,
    collection_pause, collection_rename, collection_retry, collection_storage, document_get,
    document_page, file_list, file_retry, file_tag, library_add, library_find, library_pick,
    passage_search, source_remove, tag_list,
};
pub use lock::{LockChangeReq, PassphraseReq};
pub(crate) use lock::{lock_change, lock_now, lock_remove, lock_set, lock_state};
pub use messages::{MessageEditReq, MessageRef};
pub(crate) use messages::{message_branch, message_delete, message_edit, message_restore};
pub use models::{
    FoundModelRef, ModelAddReq, ModelConfigureReq, ModelEstimateReq, ModelLoadReq, ModelRef,
    ModelRemoveReq, ModelUnloadReq,
};
pub(crate) use models::{
    model_add, model_bench, model_configure, model_consent, model_estimate, model_found,
    model_list, model_load, model_pick, model_remove, model_set_default, model_speeds, model_take,
    model_template, model_try, model_unload, model_verify,
};
pub use personas::{PersonaRef, PersonaUpdateReq};
pub(crate) use personas::{persona_create, persona_delete, persona_list, persona_update};
pub use portable::{DataDeleteReq, ExportReq, ImportReq};
pub(crate) use portable::{
    conversation_export, conversation_import, conversation_import_pick, data_delete, data_report,
    search,
};
pub use program::FileFormReq;
pub(crate) use program::{activity, activity_export, app_status, costs, doctor, verify};
pub use quick::{
    QuickAct, QuickMoveReq, QuickPinReq, QuickResizeReq, ShortcutProblem, ShortcutState, TakenText,
    TextSource, TextTakeReq,
};
pub(crate) use quick::{
    quick_get, quick_hide, quick_move, quick_pin, quick_resize, quick_save, text_take,
};
pub use server::{PortKeyRef, PortKeyUpdateReq, PortKeyUseReq};
pub(crate) use server::{
    port_key_days, port_key_list, port_key_make, port_key_revoke, port_key_update,
    port_key_use_export, server_status,
};
pub use settings::SettingsPatchReq;
pub(crate) use settings::{
    recovery_code_acknowledge, recovery_code_show, settings_get, settings_update,
};
pub use webhooks::{ConnectionListReq, DeliveryRef, WebhookRef, WebhookUpdateReq};
pub(crate) use webhooks::{
    connection_export, connection_list, webhook_again, webhook_delete, webhook_deliveries,
    webhook_list, webhook_make, webhook_renew, webhook_test, webhook_update,
};
pub use window::{WindowBegin, WindowCloseChooseReq, WindowLeftReq, WindowOpened, WindowPlace};
pub(crate) use window::{
    crash_told, window_close_choose, window_left, window_opened, window_place,
};
pub use writing::{
    AttachmentAddReq, AttachmentReadReq, AttachmentRef, DraftRef, PromptRef, PromptUpdateReq,
};
pub(crate) use writing::{
    attachment_add, attachment_get, attachment_read, draft_get, draft_save, input_history,
    prompt_create, prompt_delete, prompt_list, prompt_update,
};

/// A request or response without fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct Empty {}
