//! Asks the door, tells the route who came, and ends what is answered for a key that is no more.

use std::{convert::Infallible, future, sync::Arc};

use axum::{
    Extension,
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures::StreamExt;
use hearth_api::Caller;
use tokio::sync::watch;

use crate::{
    auth::{Denied, Guest},
    port::{Peer, Shared},
    reply::Shape,
};

pub(super) async fn let_in(
    State(shared): State<Arc<Shared>>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let shape = Shape::of(request.uri().path());
    // Asked for before the key is looked at: no change in between is missed.
    let changes = shared.gate.key_changes();
    let (mut parts, body) = request.into_parts();
    let guest = match shared.gate.admit(peer, &parts).await {
        Ok(guest) => guest,
        Err(denied) => {
            tracing::warn!(?denied, "a request was not let in");
            return shape.denied(denied);
        }
    };
    match guest {
        Guest::Browser => {
            parts.extensions.insert(Caller::Browser);
            next.run(Request::from_parts(parts, body)).await
        }
        Guest::Program { key } => {
            parts.extensions.insert(Caller::Key { id: key });
            let request = Request::from_parts(parts, body);
            while_key_is_good(changes, next.run(request), shape).await
        }
    }
}

/// The answer, as long as the key is what it was. Dropping the rest stops the engine.
async fn while_key_is_good(
    mut changes: Option<watch::Receiver<()>>,
    answer: impl Future<Output = Response>,
    shape: Shape,
) -> Response {
    let answer = tokio::select! {
        answer = answer => answer,
        () = changed(&mut changes) => {
            tracing::warn!("the key of a running request was replaced");
            return shape.denied(Denied::Unknown);
        }
    };
    // What is whole already goes out as it is.
    if answer.body().size_hint().exact().is_some() {
        return answer;
    }
    answer.map(|body| {
        let ended = async move { changed(&mut changes).await };
        let rest = body.into_data_stream().take_until(Box::pin(ended));
        // A body that fails ends: its headers are sent, and nobody reads an error.
        Body::from_stream(rest.filter_map(|part| future::ready(part.ok().map(Ok::<_, Infallible>))))
    })
}

/// Waits until the key is replaced; for ever where it cannot be.
async fn changed(changes: &mut Option<watch::Receiver<()>>) {
    match changes {
        // A sender that is gone means that all ends anyway.
        Some(changes) => drop(changes.changed().await),
        None => future::pending().await,
    }
}
