//! THE command table. One row a command; everything else about it is made from the row.
//!
//! `kind name(request) -> response [audience] tags(…)`: a query provides its cache tags, an action
//! makes the queries with those tags stale. The body is the function of the same name in
//! `handlers/`.

use std::{future::Future, panic::AssertUnwindSafe};

use futures::FutureExt;
use hearth_app::{
    AppStatus, ChatRequest, ChatStarted, DoctorReport, NewApiKey, RecoveryCode, ServerStatus,
    VerifyReport,
};
use hearth_domain::{
    Conversation, ConversationPage, ConversationView, Model, Persona, PersonaDraft, Settings,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    ApiError, Audience, CommandKind, CommandSpec, Cx,
    handlers::{
        ChatRegenerateReq, ConversationListReq, ConversationPinReq, ConversationRef,
        ConversationRenameReq, ConversationSelectReq, Empty, GenerationRef, LinkOpenReq,
        ModelAddReq, ModelLoadReq, ModelRef, PersonaRef, PersonaUpdateReq, SettingsPatchReq,
        TextCopyReq, WindowShowReq,
    },
    table::commands,
};

commands! {
    Query  app_status(Empty) -> AppStatus                               [Person]  provides(status, settings, models);
    Query  doctor(Empty) -> DoctorReport                                [Person]  provides(status);
    Query  verify(Empty) -> VerifyReport                                [Owner]   provides();

    Query  settings_get(Empty) -> Settings                              [Person]  provides(settings);
    Action settings_update(SettingsPatchReq) -> Settings                [Owner]   invalidates(settings, models);

    Query  conversation_list(ConversationListReq) -> ConversationPage   [Person]  provides(conversations);
    Query  conversation_get(ConversationRef) -> ConversationView        [Person]  provides(messages);
    Action conversation_rename(ConversationRenameReq) -> Conversation   [Person]  invalidates(conversations, messages);
    Action conversation_pin(ConversationPinReq) -> Conversation         [Person]  invalidates(conversations);
    Action conversation_delete(ConversationRef) -> Empty                [Person]  invalidates(conversations);
    Action conversation_restore(ConversationRef) -> Conversation        [Person]  invalidates(conversations, messages);
    Action conversation_select(ConversationSelectReq) -> Conversation   [Person]  invalidates(messages);

    Action chat_send(ChatRequest) -> ChatStarted                        [Person]  invalidates(conversations, messages);
    Action chat_regenerate(ChatRegenerateReq) -> ChatStarted            [Person]  invalidates(conversations, messages);
    Action generation_cancel(GenerationRef) -> Empty                    [Person]  invalidates();

    Query  persona_list(Empty) -> Vec<Persona>                          [Person]  provides(personas);
    Action persona_create(PersonaDraft) -> Persona                      [Owner]   invalidates(personas);
    Action persona_update(PersonaUpdateReq) -> Persona                  [Owner]   invalidates(personas);
    Action persona_delete(PersonaRef) -> Empty                          [Owner]   invalidates(personas);

    Query  model_list(Empty) -> Vec<Model>                              [Person]  provides(models);
    Action model_add(ModelAddReq) -> Model                              [Owner]   invalidates(models);
    Action model_pick(Empty) -> Option<Model>                           [Desktop] invalidates(models);
    Action model_consent(ModelRef) -> Model                             [Owner]   invalidates(models);
    Action model_load(ModelLoadReq) -> Empty                            [Person]  invalidates(status);
    Action model_unload(Empty) -> Empty                                 [Owner]   invalidates(status);
    Action model_remove(ModelRef) -> Empty                              [Owner]   invalidates(models, settings);
    Action model_verify(ModelRef) -> Model                              [Owner]   invalidates(models);
    Action model_set_default(ModelRef) -> Settings                      [Owner]   invalidates(models, settings);

    Action recovery_code_show(Empty) -> RecoveryCode                    [Owner]   invalidates(status);
    Action recovery_code_acknowledge(Empty) -> Settings                 [Owner]   invalidates(settings, status);

    Query  server_status(Empty) -> ServerStatus                         [Owner]   provides(settings, status);
    Action server_key_rotate(Empty) -> NewApiKey                        [Owner]   invalidates(status);

    Action link_open(LinkOpenReq) -> Empty                              [Desktop] invalidates();
    Action text_copy(TextCopyReq) -> Empty                              [Desktop] invalidates();
    Action window_show(WindowShowReq) -> Empty                          [Desktop] invalidates();
    Action ui_ready(Empty) -> Empty                                     [Desktop] invalidates();
}

fn decode<T: DeserializeOwned>(request: serde_json::Value) -> Result<T, ApiError> {
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
