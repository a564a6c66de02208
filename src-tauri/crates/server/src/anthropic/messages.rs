//! `POST /v1/messages` and `/v1/messages/count_tokens`.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use hearth_api::Caller;
use serde_json::{Value, json};

use super::{
    events::{Events, Frame},
    request,
};
use crate::{
    body,
    port::Shared,
    programs::{self, COLLECTIONS, Refusal, Result, guard, models},
    reply::Shape,
    routes,
};

pub(crate) async fn messages(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    Shape::Anthropic.answer(answer(&shared, &caller, body).await)
}

async fn answer(shared: &Shared, caller: &Caller, body: Body) -> Result<Response> {
    let asked = request::read(&body::json(body).await?)?;
    let completion = programs::begin(shared, caller, &asked).await?;
    let frame = Frame::new(&asked);
    let found = guard::header(&completion);
    if asked.stream {
        let events = programs::pieces(Events::new(frame), completion).map(Ok::<_, Infallible>);
        let answer = routes::sse(events.take_until(shared.closing.clone().wait()));
        return Ok(guard::with_header(answer, found));
    }
    let whole = programs::whole(completion).await?;
    let answer = frame.whole(&whole.said, &whole.end, &whole.completion);
    let found = guard::header(&whole.completion);
    Ok(guard::with_header(Json(answer).into_response(), found))
}

pub(crate) async fn count_tokens(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    Shape::Anthropic.answer(count(&shared, &caller, body).await)
}

async fn count(shared: &Shared, caller: &Caller, body: Body) -> Result<Json<Value>> {
    let body = body::json(body).await?;
    let (asked, _) = programs::read(&body, &[], request::conversation)?;
    // What would be found is not known before it is searched.
    if !asked.collections.is_empty() {
        return Err(Refusal::not_supported(COLLECTIONS));
    }
    let model = models::resolve(shared, caller, &asked.model).await?;
    let grant = caller.grant().map(Arc::as_ref);
    let tokens = shared.app.count_prompt(grant, model, asked.turns, asked.options).await?;
    Ok(Json(json!({ "input_tokens": tokens })))
}
