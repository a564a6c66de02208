//! The routes of the port. All but health, sign-in and the files of the user interface need a
//! guest that the door let in.

mod artifact;
mod door;
mod rpc;
mod session;
mod socket;
mod stream;
mod table;
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
use hearth_domain::ErrorCode;

use crate::{port::Shared, repeat, reply::Shape};
pub(crate) use rpc::run as run_command;
pub(crate) use socket::SOCKETS;
pub(crate) use stream::{events, sse, start_of};
pub(crate) use table::{Answers, Opens, ROUTES, Route};

/// Routes that know the port.
type Routes = Router<Arc<Shared>>;

/// Everything that answers, behind the guard.
pub(crate) fn router(shared: Arc<Shared>, with_ui: bool) -> Router {
    let (open, guarded) = ROUTES.iter().partition::<Vec<_>, _>(|it| it.opens == Opens::Nothing);
    let guarded =
        guarded.into_iter().fold(Router::new(), |routes, it| routes.merge(way_in(&shared, it)));
    let guarded =
        guarded.route_layer(middleware::from_fn_with_state(Arc::clone(&shared), door::let_in));
    let open = open.into_iter().fold(Router::new(), |routes, it| routes.merge(way_in(&shared, it)));
    // Only a page of ours signs a browser in.
    let open = if with_ui { open.route("/api/session", post(session::sign_in)) } else { open };
    let all = guarded.merge(open).method_not_allowed_fallback(not_so);
    let all = if with_ui {
        all.route("/artifact/diagram.html", get(artifact::page)).fallback(ui::file)
    } else {
        all.fallback(nothing_here)
    };
    all.with_state(shared)
}

/// A row of the table, with what it needs of a key.
fn way_in(shared: &Arc<Shared>, row: &Route) -> Routes {
    let route = Router::new().route(row.path, (row.handler)());
    let needs = |scope| middleware::from_fn_with_state(scope, door::needs);
    match row.opens {
        Opens::Nothing | Opens::AnyKey => route,
        Opens::Scope(scope) => route.route_layer(needs(scope)),
        Opens::Once(scope) => {
            let once = middleware::from_fn_with_state(Arc::clone(shared), repeat::once);
            route.route_layer(once).route_layer(needs(scope))
        }
    }
}

/// Paths that do not exist.
async fn nothing_here(request: Request) -> Response {
    let error = ApiError::new(ErrorCode::UnknownCommand, "there is no such path or method");
    Shape::of(request.uri().path()).error(error)
}

/// Paths that exist for other methods, which `Allow` names.
async fn not_so(request: Request) -> Response {
    let mut response = nothing_here(request).await;
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}
