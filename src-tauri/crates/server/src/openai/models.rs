//! `GET /v1/models`: the models that may be used, by the names that requests give. An object has what
//! clients of OpenAI and of Anthropic read.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    response::Response,
};
use hearth_api::Caller;
use hearth_app::EmbeddingModel;
use hearth_domain::{Model, ModelPurpose};
use serde_json::{Value, json};

use crate::{
    port::Shared,
    programs::{Result, models},
    reply::Shape,
};

pub(crate) async fn list_models(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
) -> Response {
    let listed = async {
        let data = objects(&shared, &caller).await?;
        let (first, last) = (data.first().map(|it| &it["id"]), data.last().map(|it| &it["id"]));
        let list = json!({"object": "list", "data": data, "has_more": false,
            "first_id": first, "last_id": last});
        Ok(Json(list))
    };
    Shape::OpenAi.answer(listed.await)
}

pub(crate) async fn show_model(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
) -> Response {
    let shown = async {
        if let Some(embedder) = models::named_embedder(&shared, &caller, &name).await? {
            return Ok(Json(embedder_object(&embedder)));
        }
        models::find(&shared, &caller, &name).await.map(|model| Json(object(&model)))
    };
    Shape::OpenAi.answer(shown.await)
}

/// Those that answer, then those that embed.
async fn objects(shared: &Shared, caller: &Caller) -> Result<Vec<Value>> {
    let mut data: Vec<_> = models::usable(shared, caller).await?.iter().map(object).collect();
    data.extend(models::embedders(shared, caller).await?.iter().map(embedder_object));
    Ok(data)
}

fn object(model: &Model) -> Value {
    json!({
        "id": model.id,
        "object": "model",
        "type": "model",
        "created": 0,
        "created_at": "1970-01-01T00:00:00Z",
        "owned_by": "hearth",
        "name": model.name,
        "display_name": model.name,
        "kind": "chat",
        "context_length": model.context_length,
    })
}

fn embedder_object(model: &EmbeddingModel) -> Value {
    json!({
        "id": model.id,
        "object": "model",
        "type": "model",
        "created": 0,
        "created_at": "1970-01-01T00:00:00Z",
        "owned_by": "hearth",
        "name": model.name,
        "display_name": model.name,
        "kind": if model.purpose == ModelPurpose::Ranks { "rerank" } else { "embedding" },
        "context_length": model.context,
        "dimensions": model.dimensions,
    })
}
