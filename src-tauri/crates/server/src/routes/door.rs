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
use hearth_api::{ApiError, Caller};
use hearth_app::{App, Grant};
use hearth_domain::PortScope;
use tokio::sync::watch;

use crate::{
    auth::{Denied, Guest},
    connections::Arrival,
    port::Shared,
    reply::Shape,
    request_log::Seen,
};

pub(super) async fn let_in(
    State(shared): State<Arc<Shared>>,
    Extension(arrival): Extension<Arrival>,
    request: Request,
    next: Next,
) -> Response {
    let shape = Shape::of(request.uri().path());
    // Asked for before the key is looked at: no change in between is missed.
    let changes = shared.app.port_key_changes();
    let (mut parts, body) = request.into_parts();
    Seen::path(&parts.extensions);
    let guest = match shared.gate.admit(&arrival, &parts) {
        Ok(guest) => guest,
        Err(denied) => {
            tracing::warn!(?denied, "a request was not let in");
            return shape.denied(denied);
        }
    };
    match guest {
        Guest::Browser => {
            Seen::caller(&parts.extensions, &Caller::Browser);
            parts.extensions.insert(Caller::Browser);
            next.run(Request::from_parts(parts, body)).await
        }
        Guest::Program(grant) => {
            let caller = Caller::Key(Arc::clone(&grant));
            Seen::caller(&parts.extensions, &caller);
            if let Err(error) = shared.app.port_key_request(&grant) {
                tracing::warn!(key = ?grant, "a key asked too often");
                return shape.error(error.into());
            }
            parts.extensions.insert(caller);
            let request = Request::from_parts(parts, body);
            let key = Watched { app: Arc::clone(&shared.app), grant, changes };
            key.while_good(next.run(request), shape).await
        }
    }
}

/// Lets a program on only where its key opens this.
pub(super) async fn needs(
    State(scope): State<PortScope>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Response {
    match caller.grant() {
        Some(grant) if !grant.opens(scope) => {
            tracing::warn!(key = ?grant, scope = scope.as_str(), "a key does not open this");
            Shape::of(request.uri().path()).error(ApiError::not_opened(scope))
        }
        _ => next.run(request).await,
    }
}

/// The key of something that runs for a program.
pub(super) struct Watched {
    app: Arc<App>,
    grant: Arc<Grant>,
    changes: watch::Receiver<()>,
}

impl Watched {
    pub(super) fn new(app: &Arc<App>, grant: Arc<Grant>) -> Self {
        Self { app: Arc::clone(app), grant, changes: app.port_key_changes() }
    }

    /// The answer, as long as the key is good. Dropping the rest stops the engine.
    async fn while_good(
        mut self,
        answer: impl Future<Output = Response>,
        shape: Shape,
    ) -> Response {
        let answer = tokio::select! {
            answer = answer => answer,
            () = self.ended() => {
                tracing::warn!(key = ?self.grant, "the key of a running request is good no more");
                return shape.denied(Denied::Unknown);
            }
        };
        // What is whole already goes out as it is.
        if answer.body().size_hint().exact().is_some() {
            return answer;
        }
        answer.map(|body| {
            let ended = async move { self.ended().await };
            let rest = body.into_data_stream().take_until(Box::pin(ended));
            // A body that fails ends: its headers are sent, and nobody reads an error.
            let rest = rest.filter_map(|part| future::ready(part.ok().map(Ok::<_, Infallible>)));
            Body::from_stream(rest)
        })
    }

    /// Waits until the key was taken back, changed or is over; for ever where none of it happens.
    pub(super) async fn ended(&mut self) {
        self.app.port_key_ended(&self.grant, &mut self.changes).await;
    }
}
