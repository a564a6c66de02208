//! `GET /api/tags`, `/api/ps`, `/api/version` and `POST /api/show`.

use std::sync::Arc;

use axum::{Extension, Json, body::Body, extract::State, response::Response};
use hearth_api::Caller;
use hearth_app::EmbeddingModel;
use hearth_domain::{EngineState, Model, ModelPurpose};
use serde_json::{Value, json};

use super::lines;
use crate::{
    body,
    port::Shared,
    programs::{self, Fields, Refusal, Result, models},
    reply::Shape,
};

pub(crate) async fn tags(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
) -> Response {
    let listed = async {
        let usable = models::usable(&shared, &caller).await?;
        let mut listed: Vec<_> = usable.iter().map(object).collect();
        listed.extend(models::embedders(&shared, &caller).await?.iter().map(embedder_object));
        Ok(Json(json!({ "models": listed })))
    };
    Shape::Ollama.answer(listed.await)
}

/// The models in memory. They do not expire at a set time: the person's settings say how long they stay.
pub(crate) async fn loaded(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
) -> Response {
    let listed = async {
        let states = shared.app.engine_states();
        let loaded: Vec<_> = states.iter().filter_map(EngineState::loaded).collect();
        // One that the key does not reach is not told.
        let usable = match loaded.is_empty() {
            true => Vec::new(),
            false => shared.app.allowed_models(caller.grant().map(Arc::as_ref)).await?,
        };
        let objects = loaded.into_iter().filter_map(|(id, memory)| {
            let mut object = object(usable.iter().find(|model| model.id == *id)?);
            object["size"] = memory.total().into();
            object["size_vram"] = 0.into();
            object["context_length"] = memory.context.into();
            object["expires_at"] = Value::Null;
            Some(object)
        });
        Ok(Json(json!({ "models": objects.collect::<Vec<_>>() })))
    };
    Shape::Ollama.answer(listed.await)
}

pub(crate) async fn version() -> Json<Value> {
    Json(json!({ "version": env!("CARGO_PKG_VERSION") }))
}

pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Response {
    let shown = async {
        let body = body::json(body).await?;
        let (name, _) = programs::read(&body, &[], named)?;
        details(&shared, &caller, &name).await.map(Json)
    };
    Shape::Ollama.answer(shown.await)
}

/// The model that is asked about; `name` is what the field was called before.
pub(super) fn named(fields: Fields<'_>) -> Result<String> {
    let name = fields.text("model")?.or(fields.text("name")?);
    name.map(str::to_owned).ok_or_else(|| Refusal::field("model", "the name of a model"))
}

async fn details(shared: &Shared, caller: &Caller, name: &str) -> Result<Value> {
    if let Some(model) = models::named_embedder(shared, caller, name).await? {
        let family = &model.family;
        return Ok(json!({
            "details": embedder_facts(&model),
            "model_info": {
                "general.architecture": family,
                "general.parameter_count": model.parameters,
                format!("{family}.context_length"): model.context,
                format!("{family}.embedding_length"): model.dimensions,
            },
            "capabilities": [if model.purpose == ModelPurpose::Ranks { "rerank" } else { "embedding" }],
        }));
    }
    let model = models::find(shared, caller, name).await?;
    let family = &model.architecture;
    Ok(json!({
        "license": model.licence,
        "details": facts(family, model.parameters.unwrap_or(0), &model.quantisation),
        "model_info": {
            "general.architecture": family,
            "general.parameter_count": model.parameters,
            format!("{family}.context_length"): model.context_length,
        },
        "capabilities": ["completion", "tools"],
    }))
}

fn object(model: &Model) -> Value {
    json!({
        "name": model.id,
        "model": model.id,
        "modified_at": lines::now(),
        "size": model.size,
        "digest": "",
        "details": facts(&model.architecture, model.parameters.unwrap_or(0), &model.quantisation),
    })
}

fn embedder_object(model: &EmbeddingModel) -> Value {
    json!({
        "name": model.id,
        "model": model.id,
        "modified_at": lines::now(),
        "size": model.size,
        "digest": "",
        "details": embedder_facts(model),
    })
}

fn embedder_facts(model: &EmbeddingModel) -> Value {
    let mut facts = facts(&model.family, model.parameters, &model.quantisation);
    if model.model.is_none() {
        facts["format"] = "onnx".into();
    }
    facts
}

fn facts(family: &str, parameters: u64, quantisation: &str) -> Value {
    json!({
        "parent_model": "",
        "format": "gguf",
        "family": family,
        "families": [family],
        "parameter_size": in_words(parameters),
        "quantization_level": quantisation,
    })
}

/// `135M`, `1.1B`.
fn in_words(parameters: u64) -> String {
    let millions = parameters as f64 / 1e6;
    if millions < 1000.0 { format!("{millions:.0}M") } else { format!("{:.1}B", millions / 1e3) }
}
