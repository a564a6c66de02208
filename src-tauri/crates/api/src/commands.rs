//! THE command table. One row a command; everything else about it is made from the row.
//!
//! `kind name(request) -> response [audience, scopes…] tags(…)`: the scopes are what the key of a program
//! must open, all of them, so that it may call the command as well; without one no key does. A query provides its cache tags, an action
//! makes the queries with those tags stale. The body is the function of the same name in
//! `handlers/`.

use std::{future::Future, panic::AssertUnwindSafe};

use futures::FutureExt;
use hearth_app::{
    Activity, AppStatus, ChatRequest, ChatStarted, ContextQuestion, Costs, DoctorReport,
    DraftChange, FileQuestion, LockState, ModelTemplate, NewPortKey, NewWebhook, PageQuestion,
    QuickChange, RecoveryCode, ServerStatus, TagChange, VerifyReport,
};
use hearth_domain::{
    Attachment, AttachmentText, AuditFilter, AuditPage, Collection, CollectionStorage,
    ConnectionPage, ContextUse, Conversation, ConversationId, ConversationPage, ConversationView,
    DataReport, Delivery, DocumentView, Draft, ExportFile, FilePage, Folder, FoundModel,
    ImportReport, IngestStarted, KeyUseDay, LibraryMatches, Message, MessageFindings, Model,
    ModelEstimate, ModelSpeed, PagePicture, PassagePage, PassageRequest, Persona, PersonaDraft,
    PortKey, PortKeyDraft, Prompt, PromptDraft, QuickChat, SearchPage, SearchRequest, Settings,
    Tag, Webhook, WebhookDraft,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    ApiError, Audience, CommandKind, CommandSpec, Cx,
    handlers::{
        AttachmentAddReq, AttachmentReadReq, AttachmentRef, AuditExportReq, Autostart,
        AutostartSetReq, ChatRegenerateReq, CollectionNameReq, CollectionPauseReq, CollectionRef,
        CollectionRenameReq, ConnectionListReq, ConversationBatchReq, ConversationConfigureReq,
        ConversationGetReq, ConversationListReq, ConversationPinReq, ConversationRef,
        ConversationRenameReq, ConversationSelectReq, DataDeleteReq, DeliveryRef, DesktopState,
        DraftRef, DroppedFile, Empty, ExportReq, FileFormReq, FileRef, FileRetryReq,
        FolderCreateReq, FolderRef, FolderRenameReq, FoundModelRef, GenerationRef, GuardDecideReq,
        ImportReq, LibraryAddReq, LibraryFindReq, LibraryPickReq, LinkOpenReq, LockChangeReq,
        MessageAsRead, MessageEditReq, MessageRef, ModelAddReq, ModelConfigureReq,
        ModelEstimateReq, ModelLoadReq, ModelRef, ModelRemoveReq, ModelUnloadReq, PassphraseReq,
        PersonaRef, PersonaUpdateReq, PortKeyRef, PortKeyUpdateReq, PortKeyUseReq, PromptRef,
        PromptUpdateReq, QuickMoveReq, QuickPinReq, QuickResizeReq, SettingsPatchReq, SourceRef,
        TagListReq, TakenText, TextCopyReq, TextSaveReq, TextTakeReq, WebhookRef, WebhookUpdateReq,
        WindowCloseChooseReq, WindowLeftReq, WindowOpened, WindowPlace, WindowShowReq,
    },
    table::commands,
};

commands! {
    Query  activity(Empty) -> Activity                                  [Owner]   provides();
    Query  activity_export(FileFormReq) -> ExportFile                   [Owner]   provides();
    Query  costs(Empty) -> Costs                                        [Person, Models]  provides();
    Query  app_status(Empty) -> AppStatus                               [Person]  provides(status, settings, models);
    Query  doctor(Empty) -> DoctorReport                                [Person, Admin]  provides(status);
    Query  verify(Empty) -> VerifyReport                                [Owner, Admin]   provides();

    Query  settings_get(Empty) -> Settings                              [Person, Admin]  provides(settings);
    Action settings_update(SettingsPatchReq) -> Settings                [Owner, Admin]   invalidates(settings, models);

    Query  conversation_list(ConversationListReq) -> ConversationPage   [Person, Conversations] provides(conversations);
    Query  conversation_get(ConversationGetReq) -> ConversationView     [Person, Conversations] provides(messages);
    Action conversation_rename(ConversationRenameReq) -> Conversation   [Person, Conversations] invalidates(conversations, messages);
    Action conversation_pin(ConversationPinReq) -> Conversation         [Person, Conversations] invalidates(conversations);
    Action conversation_prefetch(ConversationRef) -> Empty              [Person]  invalidates();
    Action conversation_delete(ConversationRef) -> Empty                [Person, Conversations] invalidates(conversations);
    Action conversation_restore(ConversationRef) -> Conversation        [Person, Conversations] invalidates(conversations, messages);
    Action conversation_select(ConversationSelectReq) -> Conversation   [Person, Conversations] invalidates(messages);
    Action conversation_configure(ConversationConfigureReq) -> Conversation [Person, Conversations] invalidates(conversations, messages);
    Action conversation_batch(ConversationBatchReq) -> Empty            [Person, Conversations] invalidates(conversations, messages);
    Query  search(SearchRequest) -> SearchPage                          [Person, Conversations] provides(conversations);

    Query  folder_list(Empty) -> Vec<Folder>                            [Person, Conversations] provides(folders);
    Action folder_create(FolderCreateReq) -> Folder                     [Person]  invalidates(folders);
    Action folder_rename(FolderRenameReq) -> Folder                     [Person]  invalidates(folders);
    Action folder_delete(FolderRef) -> Empty                            [Person]  invalidates(folders, conversations);

    Action message_edit(MessageEditReq) -> Message                      [Person, Conversations] invalidates(messages);
    Action message_delete(MessageRef) -> Conversation                   [Person, Conversations] invalidates(conversations, messages);
    Action message_restore(MessageRef) -> Conversation                  [Person, Conversations] invalidates(conversations, messages);
    Action message_branch(MessageRef) -> Conversation                   [Person, Conversations] invalidates(conversations);

    Action guard_decide(GuardDecideReq) -> MessageFindings              [Person]  invalidates(messages);
    Query  message_as_read(MessageRef) -> MessageAsRead                 [Person]  provides(messages);
    Query  audit_list(AuditFilter) -> AuditPage                         [Owner, Admin]   provides(audit);
    Query  audit_export(AuditExportReq) -> ExportFile                   [Owner]   provides();

    Action chat_send(ChatRequest) -> ChatStarted                        [Person, Conversations, Chat] invalidates(conversations, messages);
    Action chat_regenerate(ChatRegenerateReq) -> ChatStarted            [Person, Conversations, Chat] invalidates(conversations, messages);
    Action chat_continue(MessageRef) -> ChatStarted                     [Person, Conversations, Chat] invalidates(conversations, messages);
    Query  generation_list(Empty) -> Vec<ConversationId>                [Person, Conversations] provides(messages);
    Action generation_cancel(GenerationRef) -> Empty                    [Person, Conversations] invalidates();
    Query  context_measure(ContextQuestion) -> Option<ContextUse>       [Person]  provides(messages, status);

    Query  draft_get(DraftRef) -> Draft                                 [Person]  provides(drafts);
    Action draft_save(DraftChange) -> Empty                             [Person]  invalidates(drafts);
    Action attachment_add(AttachmentAddReq) -> Attachment               [Person]  invalidates();
    Action attachment_read(AttachmentReadReq) -> Attachment             [Person]  invalidates();
    Query  attachment_get(AttachmentRef) -> AttachmentText              [Person]  provides();
    Query  input_history(Empty) -> Vec<String>                          [Person]  provides(messages);
    Query  prompt_list(Empty) -> Vec<Prompt>                            [Person]  provides(prompts);
    Action prompt_create(PromptDraft) -> Prompt                         [Person]  invalidates(prompts);
    Action prompt_update(PromptUpdateReq) -> Prompt                     [Person]  invalidates(prompts);
    Action prompt_delete(PromptRef) -> Empty                            [Person]  invalidates(prompts);

    Query  collection_list(Empty) -> Vec<Collection>                    [Person, Documents]  provides(library);
    Query  collection_find(CollectionNameReq) -> Collection             [Person, Documents]  provides(library);
    Query  collection_storage(CollectionRef) -> CollectionStorage       [Person, Admin]  provides(library);
    Action collection_open(CollectionNameReq) -> Collection             [Person, Admin]  invalidates(library);
    Action collection_create(CollectionNameReq) -> Collection           [Person, Admin]  invalidates(library);
    Action collection_rename(CollectionRenameReq) -> Collection         [Owner, Admin]   invalidates(library);
    Action collection_pause(CollectionPauseReq) -> Collection           [Owner, Admin]   invalidates(library);
    Action collection_retry(CollectionRef) -> Empty                     [Owner, Admin]   invalidates(library);
    Action collection_delete(CollectionRef) -> Empty                    [Owner, Admin]   invalidates(library, messages);
    Action library_add(LibraryAddReq) -> IngestStarted                  [Owner, Admin]   invalidates(library);
    Action library_pick(LibraryPickReq) -> Option<IngestStarted>        [Desktop] invalidates(library);
    Action source_remove(SourceRef) -> Empty                            [Owner, Admin]   invalidates(library, messages);
    Query  file_list(FileQuestion) -> FilePage                          [Person, Documents]  provides(library);
    Action file_retry(FileRetryReq) -> Empty                            [Owner, Admin]   invalidates(library);
    Action file_tag(TagChange) -> Empty                                 [Owner, Admin]   invalidates(library);
    Query  tag_list(TagListReq) -> Vec<Tag>                             [Person]  provides(library);
    Query  library_find(LibraryFindReq) -> LibraryMatches               [Person]  provides(library);
    Query  document_get(FileRef) -> DocumentView                        [Person, Documents]  provides(library);
    Query  document_page(PageQuestion) -> PagePicture                  [Person]  provides(library);
    Query  passage_search(PassageRequest) -> PassagePage                [Person, Documents]  provides(library);

    Query  persona_list(Empty) -> Vec<Persona>                          [Person]  provides(personas);
    Action persona_create(PersonaDraft) -> Persona                      [Owner]   invalidates(personas);
    Action persona_update(PersonaUpdateReq) -> Persona                  [Owner]   invalidates(personas);
    Action persona_delete(PersonaRef) -> Empty                          [Owner]   invalidates(personas, conversations, messages);

    Query  model_list(Empty) -> Vec<Model>                              [Person, Models]  provides(models);
    Action model_add(ModelAddReq) -> Model                              [Owner, Admin]   invalidates(models);
    Action model_pick(Empty) -> Option<Model>                           [Desktop] invalidates(models);
    Action model_consent(ModelRef) -> Model                             [Owner, Admin]   invalidates(models);
    Action model_load(ModelLoadReq) -> Empty                            [Person, Models]  invalidates(status, models);
    Action model_unload(ModelUnloadReq) -> Empty                        [Owner, Models]   invalidates(status);
    Action model_remove(ModelRemoveReq) -> Empty                        [Owner, Admin]   invalidates(models, settings);
    Action model_verify(ModelRef) -> Model                              [Owner, Admin]   invalidates(models);
    Query  model_estimate(ModelEstimateReq) -> ModelEstimate            [Person, Models]  provides(models, status);
    Query  model_template(ModelRef) -> ModelTemplate                    [Person, Admin]  provides(models);
    Action model_configure(ModelConfigureReq) -> Model                  [Owner, Admin]   invalidates(models);
    Action model_try(ModelRef) -> Model                                 [Owner, Admin]   invalidates(models);
    Query  model_found(Empty) -> Vec<FoundModel>                        [Owner]   provides(models);
    Action model_take(FoundModelRef) -> Model                           [Owner]   invalidates(models);
    Query  model_speeds(ModelRef) -> Vec<ModelSpeed>                    [Person, Models]  provides(models);
    Action model_bench(ModelLoadReq) -> ModelSpeed                      [Owner, Admin]   invalidates(models);
    Action model_set_default(ModelRef) -> Settings                      [Owner, Admin]   invalidates(models, settings);

    Action recovery_code_show(Empty) -> RecoveryCode                    [Owner]   invalidates(status);
    Action recovery_code_acknowledge(Empty) -> Settings                 [Owner]   invalidates(settings, status);

    Query  conversation_export(ExportReq) -> ExportFile                 [Owner]   provides();
    Action conversation_import(ImportReq) -> ImportReport               [Owner]   invalidates(conversations, folders);
    Action conversation_import_pick(Empty) -> Option<ImportReport>      [Desktop] invalidates(conversations, folders);
    Query  data_report(Empty) -> DataReport                             [Owner]   provides(conversations, models);
    Action data_delete(DataDeleteReq) -> DataReport                     [Owner]   invalidates(conversations, messages, drafts);

    Query  lock_state(Empty) -> LockState                               [Person]  provides(desktop, status);
    Action lock_set(PassphraseReq) -> LockState                         [Owner]   invalidates(desktop, status);
    Action lock_change(LockChangeReq) -> LockState                      [Owner]   invalidates(desktop);
    Action lock_remove(PassphraseReq) -> LockState                      [Owner]   invalidates(desktop, status);
    Action lock_now(Empty) -> Empty                                     [Desktop] invalidates();

    Query  server_status(Empty) -> ServerStatus                         [Owner]   provides(settings, status);
    Query  port_key_list(Empty) -> Vec<PortKey>                         [Owner]   provides(port_keys);
    Query  port_key_days(PortKeyRef) -> Vec<KeyUseDay>                  [Owner]   provides(port_keys);
    Query  port_key_use_export(PortKeyUseReq) -> ExportFile             [Owner]   provides();
    Action port_key_make(PortKeyDraft) -> NewPortKey                    [Owner]   invalidates(port_keys, status);
    Action port_key_update(PortKeyUpdateReq) -> PortKey                 [Owner]   invalidates(port_keys);
    Action port_key_revoke(PortKeyRef) -> Empty                         [Owner]   invalidates(port_keys, status);

    Query  webhook_list(Empty) -> Vec<Webhook>                          [Owner]   provides(webhooks);
    Query  webhook_deliveries(WebhookRef) -> Vec<Delivery>              [Owner]   provides(webhooks);
    Action webhook_make(WebhookDraft) -> NewWebhook                     [Owner]   invalidates(webhooks);
    Action webhook_update(WebhookUpdateReq) -> Webhook                  [Owner]   invalidates(webhooks);
    Action webhook_renew(WebhookRef) -> NewWebhook                      [Owner]   invalidates(webhooks);
    Action webhook_delete(WebhookRef) -> Empty                          [Owner]   invalidates(webhooks);
    Action webhook_test(WebhookRef) -> Delivery                         [Owner]   invalidates(webhooks, connections);
    Action webhook_again(DeliveryRef) -> Delivery                       [Owner]   invalidates(webhooks);
    Query  connection_list(ConnectionListReq) -> ConnectionPage         [Owner]   provides(connections);
    Query  connection_export(FileFormReq) -> ExportFile                 [Owner]   provides();

    Query  desktop_state(Empty) -> DesktopState                         [Desktop] provides(desktop);
    Action autostart_set(AutostartSetReq) -> Autostart                  [Owner]   invalidates(desktop);

    Query  quick_get(Empty) -> QuickChat                                [Desktop] provides();
    Action quick_save(QuickChange) -> Empty                             [Desktop] invalidates();
    Action quick_hide(Empty) -> Empty                                   [Desktop] invalidates();
    Action quick_resize(QuickResizeReq) -> Empty                        [Desktop] invalidates();
    Action quick_pin(QuickPinReq) -> Empty                              [Desktop] invalidates();
    Action quick_move(QuickMoveReq) -> Empty                            [Desktop] invalidates();
    Action text_take(TextTakeReq) -> TakenText                          [Desktop] invalidates();

    Action link_open(LinkOpenReq) -> Empty                              [Desktop] invalidates();
    Action text_copy(TextCopyReq) -> Empty                              [Desktop] invalidates();
    Action files_dropped(Empty) -> Vec<DroppedFile>                     [Desktop] invalidates();
    Action text_save(TextSaveReq) -> bool                               [Desktop] invalidates();
    Action window_show(WindowShowReq) -> Empty                          [Desktop] invalidates();
    Action ui_ready(Empty) -> Empty                                     [Desktop] invalidates();
    Action window_opened(Empty) -> WindowOpened                         [Desktop] invalidates();
    Action window_place(WindowPlace) -> Empty                           [Desktop] invalidates();
    Action window_left(WindowLeftReq) -> Empty                          [Desktop] invalidates();
    Action window_close_choose(WindowCloseChooseReq) -> Empty           [Desktop] invalidates(settings);
    Action crash_told(Empty) -> Empty                                   [Person]  invalidates(status);
}

/// A list is no request, though its values could stand for fields in their order.
fn decode<T: DeserializeOwned>(request: serde_json::Value) -> Result<T, ApiError> {
    if !request.is_object() {
        return Err(ApiError::no_object());
    }
    serde_json::from_value(request).map_err(|error| ApiError::invalid_request(&error))
}

fn encode<T: Serialize>(response: &T) -> Result<serde_json::Value, ApiError> {
    serde_json::to_value(response).map_err(|error| {
        tracing::error!(%error, "a response has no JSON form");
        ApiError::internal()
    })
}

/// Runs a body; a panic in it becomes `internal`, and the process lives.
async fn guarded<T>(
    name: &str,
    body: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    AssertUnwindSafe(body).catch_unwind().await.unwrap_or_else(|_| {
        let error = ApiError::internal();
        tracing::error!(command = name, trace_id = %error.trace_id, "a command panicked");
        Err(error)
    })
}
