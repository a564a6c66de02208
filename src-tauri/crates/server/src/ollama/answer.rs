//! `POST /api/chat` and `/api/generate`.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use hearth_api::{ApiError, Caller};
use hearth_app::WantedBy;
use hearth_domain::PortScope;
use serde_json::Value;

use super::{
    asked::{self, Wish},
    lines::{Form, Frame, Lines},
};
use crate::{
    body,
    port::Shared,
    programs::{self, Asked, Result, guard, models},
    reply::Shape,
};

pub(crate) async fn chat(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    let answered = async {
        let (asked, wish) = asked::read(&body::json(body).await?, asked::chat)?;
        answer(&shared, &caller, Form::Chat, &asked, wish).await
    };
    Shape::Ollama.answer(answered.await)
}

pub(crate) async fn generate(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    let answered = async {
        let (asked, wish) = asked::read(&body::json(body).await?, asked::generate)?;
        answer(&shared, &caller, Form::Generate, &asked, wish).await
    };
    Shape::Ollama.answer(answered.await)
}

async fn answer(
    shared: &Shared,
    caller: &Caller,
    form: Form,
    asked: &Asked,
    wish: Wish,
) -> Result<Response> {
    let frame = Frame::new(form, asked);
    if wish != Wish::Answer {
        return Ok(
            Json(without_question(shared, caller, asked, wish, &frame).await?).into_response()
        );
    }
    let completion = programs::begin(shared, caller, asked).await?;
    let found = guard::header(&completion);
    if asked.stream {
        let lines = programs::pieces(Lines::new(frame), completion).map(Ok::<_, Infallible>);
        let lines = Body::from_stream(lines.take_until(shared.closing.clone().wait()));
        let mut answer = Response::new(lines);
        let kind = HeaderValue::from_static("application/x-ndjson");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        return Ok(guard::with_header(answer, found));
    }
    let whole = programs::whole(completion).await?;
    let answer = frame.whole(&whole.said, &whole.end, &whole.completion);
    let found = guard::header(&whole.completion);
    Ok(guard::with_header(Json(answer).into_response(), found))
}

async fn without_question(
    shared: &Shared,
    caller: &Caller,
    asked: &Asked,
    wish: Wish,
    frame: &Frame,
) -> Result<Value> {
    let model = models::resolve(shared, caller, &asked.model).await?;
    let grant = caller.grant().map(Arc::as_ref);
    if wish == Wish::Unload {
        if grant.is_some_and(|grant| !grant.opens(PortScope::Models)) {
            return Err(ApiError::not_opened(PortScope::Models).into());
        }
        // As Ollama does: to let go what is not loaded is no error.
        let model = model.map_or_else(|| shared.app.default_model(), Ok).map_err(ApiError::from)?;
        shared.app.model_unload(grant, Some(model)).await.map_err(ApiError::from)?;
        return Ok(frame.nothing("unload"));
    }
    shared.app.model_load(model, WantedBy::of(grant)).await.map_err(ApiError::from)?;
    Ok(frame.nothing("load"))
}
