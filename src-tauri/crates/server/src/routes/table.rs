//! THE ways in for programs. One row a path: what opens it, who handles it, and what it asks and answers.
//! The router and the document that describes the port (`openapi`) are both made of it.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};
use hearth_domain::PortScope;

use super::{rpc, stream};
use crate::{
    anthropic, metrics, ollama, openai,
    openapi::{self, Asks},
    port::Shared,
};

/// A way in.
pub(crate) struct Route {
    /// As axum writes it.
    pub(crate) path: &'static str,
    pub(crate) opens: Opens,
    pub(crate) handler: fn() -> MethodRouter<Arc<Shared>>,
    /// What it does, in a sentence.
    pub(crate) about: &'static str,
    /// The body of a POST; without one it is a GET.
    pub(crate) asks: Option<&'static Asks>,
    pub(crate) answers: Answers,
}

/// What lets a program in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opens {
    /// Nothing is needed, and nothing told but yes or no.
    Nothing,
    /// Any key: what there is, as far as the key reaches.
    AnyKey,
    /// A key with this scope.
    Scope(PortScope),
    /// A key with this scope; a request that is sent again is answered once (`repeat`).
    Once(PortScope),
}

/// The form of a good answer; texts are names of schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// 204.
    Nothing,
    /// 204 or 503.
    YesOrNo,
    Json(&'static str),
    /// JSON, or with `stream` server-sent events that carry these.
    JsonOrEvents(&'static str, &'static str),
    /// JSON, or with `stream` lines of the same.
    JsonOrLines(&'static str),
    /// Server-sent events that carry these.
    Events(&'static str),
    Text,
    /// As the command table says.
    Command,
}

use Answers::{Command, Events, Json, JsonOrEvents, JsonOrLines, Nothing, Text, YesOrNo};
use Opens::{AnyKey, Once, Scope};

const CHAT: Opens = Once(PortScope::Chat);
const EMBEDDINGS: Opens = Once(PortScope::Embeddings);

macro_rules! routes {
    ($($path:literal, $opens:expr, $method:ident $handler:path, $asks:expr, $answers:expr, $about:literal;)*) => {
        /// The rows.
        pub(crate) const ROUTES: &[Route] = &[$(Route {
            path: $path,
            opens: $opens,
            handler: || $method($handler),
            about: $about,
            asks: $asks,
            answers: $answers,
        }),*];
    };
}

routes! {
    "/health", Opens::Nothing, get metrics::healthy, None, Nothing, "Whether the port listens.";
    "/ready", Opens::Nothing, get metrics::ready, None, YesOrNo, "Whether a model is in memory, so that a question would be answered at once.";
    "/metrics", Scope(PortScope::Metrics), get metrics::metrics, None, Text, "Figures of this run in Prometheus's text form; never content.";
    "/openapi.json", AnyKey, get openapi::serve, None, Json("OpenApi"), "This document.";

    "/v1/models", AnyKey, get openai::list_models, None, Json("ModelList"), "The models that the key reaches (OpenAI, Anthropic).";
    "/v1/models/{*model}", AnyKey, get openai::show_model, None, Json("ListedModel"), "One model, by its id or name.";
    "/v1/chat/completions", CHAT, post openai::chat_completions, Some(&openai::asks::CHAT), JsonOrEvents("ChatCompletion", "ChatCompletionChunk"), "Answers a conversation (OpenAI).";
    "/v1/responses", CHAT, post openai::responses, Some(&openai::asks::RESPONSE), JsonOrEvents("Response", "ResponseEvent"), "Answers a conversation in items (OpenAI).";
    "/v1/completions", CHAT, post openai::completions, Some(&openai::asks::COMPLETION), JsonOrEvents("TextCompletion", "TextCompletion"), "Goes on with a text (OpenAI).";
    "/v1/embeddings", EMBEDDINGS, post openai::embeddings, Some(&openai::asks::EMBEDDING), Json("EmbeddingList"), "Texts as vectors (OpenAI).";
    "/v1/rerank", EMBEDDINGS, post openai::rerank, Some(&openai::asks::RERANK), Json("Ranking"), "Texts in the order in which they answer a question (Cohere, Jina).";

    "/v1/messages", CHAT, post anthropic::messages, Some(&anthropic::asks::MESSAGE), JsonOrEvents("AnthropicMessage", "AnthropicEvent"), "Answers a conversation (Anthropic).";
    "/v1/messages/count_tokens", CHAT, post anthropic::count_tokens, Some(&anthropic::asks::COUNT), Json("TokenCount"), "How long a conversation is for the model (Anthropic).";

    "/api/chat", CHAT, post ollama::chat, Some(&ollama::asks::CHAT), JsonOrLines("OllamaChat"), "Answers a conversation (Ollama).";
    "/api/generate", CHAT, post ollama::generate, Some(&ollama::asks::GENERATE), JsonOrLines("OllamaText"), "Answers a text, or goes on with it (Ollama).";
    "/api/embed", EMBEDDINGS, post ollama::embed, Some(&ollama::asks::EMBED), Json("OllamaVectors"), "Texts as vectors (Ollama).";
    "/api/embeddings", EMBEDDINGS, post ollama::embed_one, Some(&ollama::asks::EMBED_ONE), Json("OllamaVector"), "A text as a vector, in the older form (Ollama).";
    "/api/show", AnyKey, post ollama::show, Some(&ollama::asks::SHOW), Json("OllamaDetails"), "What is known of a model (Ollama).";
    "/api/tags", AnyKey, get ollama::tags, None, Json("OllamaModels"), "The models that the key reaches (Ollama).";
    "/api/ps", AnyKey, get ollama::loaded, None, Json("OllamaModels"), "The model in memory (Ollama).";
    "/api/version", AnyKey, get ollama::version, None, Json("OllamaVersion"), "The version of Hearth (Ollama).";

    "/api/rpc/{command}", AnyKey, post rpc::call, None, Command, "A command of the table.";
    "/api/stream/{*topic}", AnyKey, get stream::follow, None, Events("LibraryEvent"), "What happens in the library, event by event: `library`, or `ingest/` and an id. As server-sent events, or where a WebSocket is asked for as its texts `{seq, event}`.";
}
