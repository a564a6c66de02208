//! `POST /v1/responses`: the newer of OpenAI's two interfaces for answers. Nothing is kept here, so a
//! response cannot be named by a later one: the caller sends the conversation each time.

mod events;
mod items;
mod object;
mod request;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use hearth_api::Caller;

pub(super) use self::request::asked;
use self::{events::Events, object::Frame, request::ResponseRequest};
use super::citations;
use crate::{
    body,
    port::Shared,
    programs::{self, Result, guard},
    reply::Shape,
    routes,
};

pub(crate) async fn responses(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    Shape::OpenAi.answer(answer(&shared, &caller, body).await)
}

async fn answer(shared: &Shared, caller: &Caller, body: Body) -> Result<Response> {
    let ResponseRequest { asked, echo } = ResponseRequest::read(&body::json(body).await?)?;
    let completion = programs::begin(shared, caller, &asked).await?;
    let frame = Frame::new(&asked, echo);
    let found = guard::header(&completion);
    if asked.stream {
        let events = programs::pieces(Events::new(frame), completion).map(Ok::<_, Infallible>);
        let answer = routes::sse(events.take_until(shared.closing.clone().wait()));
        return Ok(guard::with_header(answer, found));
    }
    let whole = programs::whole(completion).await?;
    let output = object::output(&whole.said, &citations::flat(&whole.completion));
    let answer = frame.ended(output, &whole.end, &whole.completion);
    let found = guard::header(&whole.completion);
    Ok(guard::with_header(Json(answer).into_response(), found))
}
