//! The one table of error codes.
//!
//! A row is added only when the user interface or a caller of the port acts on it. Codes are
//! stable; texts are not, and the user interface translates by code.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The family of an error; decides its HTTP status where a code names none of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request is malformed or out of range.
    InvalidInput,
    /// The thing named does not exist.
    NotFound,
    /// The request contradicts the present state.
    Conflict,
    /// No key, or a wrong one.
    Unauthorized,
    /// Known, but not allowed.
    Forbidden,
    /// This host cannot do it.
    Unsupported,
    /// Cannot be done now; may be later.
    Unavailable,
    /// Out of memory, disk, queue or context.
    ResourceExhausted,
    /// Someone asked it to stop.
    Cancelled,
    /// A guardrail said no.
    BlockedByGuard,
    /// A file or database is not what it should be.
    CorruptData,
    /// A fault of ours.
    Internal,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $kind:ident, $status:literal, $retry:literal;)*) => {
        /// What went wrong, as programs see it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The family.
            #[must_use]
            pub fn kind(self) -> ErrorKind {
                match self { $(Self::$name => ErrorKind::$kind),* }
            }

            /// The HTTP status it is answered with.
            #[must_use]
            pub fn http_status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// Whether the same request may succeed later without a change.
            #[must_use]
            pub fn retryable(self) -> bool {
                match self { $(Self::$name => $retry),* }
            }
        }
    };
}

error_codes! {
    // name = wire name, kind, HTTP status, retryable
    /// A field is missing, of the wrong type or out of range.
    InvalidRequest = "invalid_request", InvalidInput, 400, false;
    /// The message is empty.
    EmptyPrompt = "empty_prompt", InvalidInput, 400, false;
    /// The prompt alone is larger than the context.
    PromptTooLong = "prompt_too_long", InvalidInput, 400, false;
    /// The text is larger than what is accepted at all.
    TextTooLarge = "text_too_large", InvalidInput, 413, false;
    /// No such command.
    UnknownCommand = "unknown_command", NotFound, 404, false;
    /// No such conversation.
    ConversationNotFound = "conversation_not_found", NotFound, 404, false;
    /// No such message.
    MessageNotFound = "message_not_found", NotFound, 404, false;
    /// No such persona.
    PersonaNotFound = "persona_not_found", NotFound, 404, false;
    /// No such folder.
    FolderNotFound = "folder_not_found", NotFound, 404, false;
    /// No such attachment: it was never taken in, or was removed because nothing carried it.
    AttachmentNotFound = "attachment_not_found", NotFound, 404, false;
    /// No such collection of documents.
    CollectionNotFound = "collection_not_found", NotFound, 404, false;
    /// No such document: its collection never had it, or it was forgotten.
    DocumentNotFound = "document_not_found", NotFound, 404, false;
    /// No such saved prompt.
    PromptNotFound = "prompt_not_found", NotFound, 404, false;
    /// No such key of the port.
    PortKeyNotFound = "port_key_not_found", NotFound, 404, false;
    /// No such webhook, or no such message to one.
    WebhookNotFound = "webhook_not_found", NotFound, 404, false;
    /// The address of a webhook is none that anything may be sent to.
    WebhookAddress = "webhook_address", InvalidInput, 400, false;
    /// Another folder, saved prompt, key or webhook has this name.
    NameTaken = "name_taken", Conflict, 409, false;
    /// No such stream, or it ended too long ago.
    StreamNotFound = "stream_not_found", NotFound, 404, false;
    /// No model of that name.
    ModelNotFound = "model_not_found", NotFound, 404, false;
    /// The file of the model is gone.
    ModelFileMissing = "model_file_missing", NotFound, 404, false;
    /// The file is not a GGUF, is cut short or contradicts itself.
    ModelFileInvalid = "model_file_invalid", CorruptData, 422, false;
    /// The GGUF is sound, but of a kind that this build cannot run.
    ModelUnsupported = "model_unsupported", Unsupported, 422, false;
    /// A file from outside the catalogue was not yet approved.
    ModelConsentNeeded = "model_consent_needed", Conflict, 409, false;
    /// The model writes answers where vectors were asked for, or the other way round.
    ModelPurpose = "model_purpose", InvalidInput, 400, false;
    /// The file ended the process in which it was tried, or did not come to an end there.
    ModelCrashes = "model_crashes", CorruptData, 422, false;
    /// The process that tries files did not start.
    ModelUntried = "model_untried", Unavailable, 503, true;
    /// The model needs more memory than there is.
    ModelTooBig = "model_too_big", ResourceExhausted, 507, false;
    /// llama.cpp refused the model.
    ModelLoadFailed = "model_load_failed", Unavailable, 503, true;
    /// No model is loaded and none is chosen.
    ModelNotReady = "model_not_ready", Unavailable, 503, true;
    /// The chat template of the model cannot be used.
    TemplateInvalid = "template_invalid", CorruptData, 422, false;
    /// The processor lacks what this build needs.
    CpuUnsupported = "cpu_unsupported", Unsupported, 503, false;
    /// The schema, grammar or tool of a request cannot be used.
    StructureInvalid = "structure_invalid", InvalidInput, 400, false;
    /// The schema, grammar or tool of a request is too large or too complex.
    StructureTooComplex = "structure_too_complex", InvalidInput, 400, false;
    /// The model cannot go on within the schema or grammar.
    StructureDeadEnd = "structure_dead_end", InvalidInput, 422, false;
    /// A step of inference failed.
    InferenceFailed = "inference_failed", Internal, 500, true;
    /// Memory ran out.
    OutOfMemory = "out_of_memory", ResourceExhausted, 503, true;
    /// Too many requests wait.
    QueueFull = "queue_full", ResourceExhausted, 429, true;
    /// The conversation already has a running answer.
    GenerationRunning = "generation_running", Conflict, 409, true;
    /// The file is no export that can be read, or is cut short.
    ImportUnreadable = "import_unreadable", CorruptData, 422, false;
    /// The export was made by a newer version.
    ImportNewer = "import_newer", Conflict, 409, false;
    /// Nothing is in the document.
    DocumentEmpty = "document_empty", InvalidInput, 422, false;
    /// The document has pages, but no text that can be read: pictures, or letters without meaning.
    DocumentNoText = "document_no_text", Unsupported, 422, false;
    /// The document is encrypted.
    DocumentPassword = "document_password", Unauthorized, 422, false;
    /// The password does not open the document.
    DocumentPasswordWrong = "document_password_wrong", Unauthorized, 422, false;
    /// The document is damaged.
    DocumentBroken = "document_broken", CorruptData, 422, false;
    /// The name of the document says one format and its content is another.
    DocumentMislabelled = "document_mislabelled", CorruptData, 422, false;
    /// The document is larger than what is read, itself or unpacked.
    DocumentTooBig = "document_too_big", ResourceExhausted, 413, false;
    /// Reading the document took too much memory or time.
    DocumentTooCostly = "document_too_costly", ResourceExhausted, 422, true;
    /// There is no reader for files of this kind.
    DocumentUnsupported = "document_unsupported", Unsupported, 415, false;
    /// The document cannot be opened, or changed or vanished while it was read.
    DocumentUnreadable = "document_unreadable", Unavailable, 503, true;
    /// It is a link, a pipe or a device, not a document.
    DocumentSpecial = "document_special", Unsupported, 422, false;
    /// The model that makes passages comparable, or the library that runs it, is not there.
    EmbedderMissing = "embedder_missing", Unavailable, 503, true;
    /// A file cannot be written where the person wanted it.
    FileUnwritable = "file_unwritable", Unavailable, 503, true;
    /// The system's entry for start on login cannot be written or removed.
    AutostartUnwritable = "autostart_unwritable", Unavailable, 503, true;
    /// The disk is full.
    DiskFull = "disk_full", ResourceExhausted, 507, true;
    /// The database was made by a newer version.
    DatabaseNewer = "database_newer", Conflict, 409, false;
    /// The key does not open the database.
    DatabaseKeyWrong = "database_key_wrong", Unauthorized, 401, false;
    /// The database exists, its key is gone.
    DatabaseKeyMissing = "database_key_missing", Unauthorized, 401, false;
    /// The database is damaged.
    DatabaseCorrupt = "database_corrupt", CorruptData, 500, false;
    /// The database cannot be read or written just now.
    DatabaseUnavailable = "database_unavailable", Unavailable, 503, true;
    /// The keyring is locked or not there.
    KeyringUnavailable = "keyring_unavailable", Unavailable, 503, true;
    /// There is no database yet, and the keyring that should take its key is locked or fails.
    KeyringChoice = "keyring_choice", Unavailable, 503, true;
    /// The data is locked by a passphrase; it is opened in the window or on the terminal.
    Locked = "locked", Unavailable, 423, true;
    /// The passphrase is not the one that was set, or what it opens is damaged: which of them is
    /// not told.
    PassphraseWrong = "passphrase_wrong", Unauthorized, 401, false;
    /// The recovery code is not one, or not of this database.
    RecoveryCodeWrong = "recovery_code_wrong", Unauthorized, 401, false;
    /// Another process holds the data folder.
    DataFolderLocked = "data_folder_locked", Conflict, 409, true;
    /// The data folder cannot be made or written.
    DataFolderUnusable = "data_folder_unusable", Unavailable, 503, false;
    /// No key, or a wrong one.
    Unauthorized = "unauthorized", Unauthorized, 401, false;
    /// Too many wrong keys.
    TooManyAttempts = "too_many_attempts", ResourceExhausted, 429, true;
    /// A key asks more often, or for more, than it may.
    RateLimited = "rate_limited", ResourceExhausted, 429, true;
    /// The caller may not do this.
    Forbidden = "forbidden", Forbidden, 403, false;
    /// A Host or Origin that is not ours.
    ForeignOrigin = "foreign_origin", Forbidden, 403, false;
    /// The body is not `application/json`.
    UnsupportedMediaType = "unsupported_media_type", InvalidInput, 415, false;
    /// Only a desktop window can do this.
    DesktopOnly = "desktop_only", Unsupported, 501, false;
    /// The port is taken or may not be bound.
    PortUnavailable = "port_unavailable", Unavailable, 503, true;
    /// A guardrail does not let the text through.
    BlockedByGuard = "blocked_by_guard", BlockedByGuard, 400, false;
    /// The text goes on only when the person says so.
    GuardConfirm = "guard_confirm", BlockedByGuard, 409, false;
    /// A detector failed, so the text was not let through.
    GuardFailed = "guard_failed", Unavailable, 503, true;
    /// Someone cancelled it.
    Cancelled = "cancelled", Cancelled, 499, true;
    /// The program is closing.
    ShuttingDown = "shutting_down", Unavailable, 503, true;
    /// A fault of ours; the trace id names its line in the log.
    Internal = "internal", Internal, 500, true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_and_a_status_that_fits_an_error() {
        let mut names: Vec<_> = ErrorCode::ALL.iter().map(|c| c.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for code in ErrorCode::ALL {
            assert!((400..600).contains(&code.http_status()), "{}", code.as_str());
            let wire = serde_json::to_string(code).unwrap();
            assert_eq!(wire, format!("\"{}\"", code.as_str()));
        }
    }
}
