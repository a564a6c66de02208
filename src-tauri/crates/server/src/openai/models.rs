//! `GET /v1/models`: the models that may be used, by the names that requests give.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use hearth_api::ApiError;
use hearth_app::App;
use hearth_domain::{Consent, ErrorCode, Model, ModelId};
use serde_json::{Value, json};

use super::Refusal;
use crate::port::Shared;

pub(crate) async fn list_models(State(shared): State<Arc<Shared>>) -> Response {
    match usable(&shared.app).await {
        Ok(models) => {
            let data: Vec<_> = models.iter().map(object).collect();
            Json(json!({"object": "list", "data": data})).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

pub(crate) async fn show_model(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Response {
    match find(&shared.app, &name).await {
        Ok(model) => Json(object(&model)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// The name by which a program asks for the default model, whichever it is.
const DEFAULT: &str = "default";

/// The model that a request names by its id or by what lists show; `None` is the default one.
pub(super) async fn resolve(app: &App, name: &str) -> Result<Option<ModelId>, Refusal> {
    if name == DEFAULT {
        return Ok(None);
    }
    match app.model_named(name).await? {
        Some(id) => Ok(Some(id)),
        None => Err(unknown()),
    }
}

async fn find(app: &App, name: &str) -> Result<Model, Refusal> {
    let named = |model: &Model| model.id.0 == name || model.name == name;
    usable(app).await?.into_iter().find(named).ok_or_else(unknown)
}

fn unknown() -> Refusal {
    let text = "there is no model of that name; GET /v1/models lists those there are";
    let error = ApiError::new(ErrorCode::ModelNotFound, text);
    Refusal { error, param: Some("model".into()) }
}

/// Models whose file is there and that the person allowed.
async fn usable(app: &App) -> Result<Vec<Model>, Refusal> {
    let mut models = app.model_list().await?;
    models.retain(|model| model.present && model.consent != Consent::Needed);
    Ok(models)
}

fn object(model: &Model) -> Value {
    json!({
        "id": model.id,
        "object": "model",
        "created": 0,
        "owned_by": "hearth",
        "name": model.name,
        "context_length": model.context_length,
    })
}
