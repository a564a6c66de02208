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
use hearth_domain::ErrorCode;
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
        let (asked, wish) = asked::chat(&body::json(body).await?)?;
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
        let (asked, wish) = asked::generate(&body::json(body).await?)?;
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
        return Ok(Json(without_question(shared, asked, wish, &frame).await?).into_response());
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
    asked: &Asked,
    wish: Wish,
    frame: &Frame,
) -> Result<Value> {
    let model = models::resolve(&shared.app, &asked.model).await?;
    if wish == Wish::Unload {
        let text = "only the person who runs Hearth lets a model go";
        return Err(ApiError::new(ErrorCode::Forbidden, text).into());
    }
    shared.app.model_load(model).await?;
    Ok(frame.nothing("load"))
}
