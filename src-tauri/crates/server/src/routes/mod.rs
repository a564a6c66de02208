//! The routes of the port. All but health, sign-in and the files of the user interface need a
//! guest that the door let in.

mod artifact;
mod door;
mod rpc;
mod session;
mod stream;
mod ui;

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware,
    response::Response,
    routing::{get, post},
};
use hearth_api::ApiError;
use hearth_domain::{ErrorCode, PortScope};

use crate::{anthropic, metrics, ollama, openai, port::Shared, repeat, reply::Shape};
pub(crate) use rpc::run as run_command;
pub(crate) use stream::{events, sse, start_of};

/// Routes that know the port.
type Routes = Router<Arc<Shared>>;

/// Everything that answers, behind the guard.
pub(crate) fn router(shared: Arc<Shared>, with_ui: bool) -> Router {
    let guarded = for_any_key()
        .merge(for_scope(PortScope::Chat, once(&shared, chat())))
        .merge(for_scope(PortScope::Embeddings, once(&shared, embeddings())))
        .merge(for_scope(PortScope::Metrics, figures()))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&shared), door::let_in));
    let open = Router::new()
        .route("/health", get(|| async { StatusCode::NO_CONTENT }))
        .route("/ready", get(metrics::ready))
        .route("/api/session", post(session::sign_in));
    let all = guarded.merge(open).method_not_allowed_fallback(nothing_here);
    let all = if with_ui {
        all.route("/artifact/diagram.html", get(artifact::page)).fallback(ui::file)
    } else {
        all.fallback(nothing_here)
    };
    all.with_state(shared)
}

/// What a program may ask with any key: what there is, as far as its key reaches. A command of the
/// table says itself what it needs.
fn for_any_key() -> Routes {
    Router::new()
        .route("/api/rpc/{command}", post(rpc::call))
        .route("/api/stream/{*topic}", get(stream::follow))
        .route("/v1/models", get(openai::list_models))
        .route("/v1/models/{*model}", get(openai::show_model))
        .route("/api/tags", get(ollama::tags))
        .route("/api/ps", get(ollama::loaded))
        .route("/api/show", post(ollama::show))
        .route("/api/version", get(ollama::version))
}

fn chat() -> Routes {
    Router::new()
        .route("/v1/chat/completions", post(openai::chat_completions))
        .route("/v1/completions", post(openai::completions))
        .route("/v1/responses", post(openai::responses))
        .route("/v1/messages", post(anthropic::messages))
        .route("/v1/messages/count_tokens", post(anthropic::count_tokens))
        .route("/api/chat", post(ollama::chat))
        .route("/api/generate", post(ollama::generate))
}

fn embeddings() -> Routes {
    Router::new()
        .route("/v1/embeddings", post(openai::embeddings))
        .route("/api/embed", post(ollama::embed))
        .route("/api/embeddings", post(ollama::embed_one))
}

fn figures() -> Routes {
    Router::new().route("/metrics", get(metrics::metrics))
}

/// What computes, once for a request that is sent again.
fn once(shared: &Arc<Shared>, routes: Routes) -> Routes {
    routes.route_layer(middleware::from_fn_with_state(Arc::clone(shared), repeat::once))
}

fn for_scope(scope: PortScope, routes: Routes) -> Routes {
    routes.route_layer(middleware::from_fn_with_state(scope, door::needs))
}

/// Paths and methods that do not exist.
async fn nothing_here(request: Request) -> Response {
    let error = ApiError::new(ErrorCode::UnknownCommand, "there is no such path or method");
    Shape::of(request.uri().path()).error(error)
}
