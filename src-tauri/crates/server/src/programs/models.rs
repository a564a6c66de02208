//! Models by the names that programs give them.

use std::sync::Arc;

use hearth_api::{ApiError, Caller};
use hearth_app::EmbeddingModel;
use hearth_domain::{Consent, ErrorCode, Model, ModelId, ModelPurpose, PortScope};

use super::{Refusal, Result};
use crate::port::Shared;

/// The name by which a program asks for the default model, whichever it is.
const DEFAULT: &str = "default";
/// What programs written for Ollama put behind a name.
const TAG: &str = ":latest";

/// The model that a request names by its id or by what lists show; `None` is the default one.
pub(crate) async fn resolve(
    shared: &Shared,
    caller: &Caller,
    name: &str,
) -> Result<Option<ModelId>> {
    let named = match plain(name) {
        DEFAULT => None,
        name => Some(shared.app.model_named(name).await?.ok_or_else(unknown)?),
    };
    let grant = caller.grant().map(Arc::as_ref);
    shared.app.allowed_model(grant, named).map_err(|_| unknown())
}

/// A model that may be used, with all that lists show of it.
pub(crate) async fn find(shared: &Shared, caller: &Caller, name: &str) -> Result<Model> {
    let name = plain(name);
    let named = |model: &Model| {
        model.id.0 == name || model.name == name || (name == DEFAULT && model.is_default)
    };
    usable(shared, caller).await?.into_iter().find(named).ok_or_else(unknown)
}

/// Models that write answers, whose file is there, that the person allowed, and that the key reaches.
pub(crate) async fn usable(shared: &Shared, caller: &Caller) -> Result<Vec<Model>> {
    let mut models = shared.app.allowed_models(caller.grant().map(Arc::as_ref)).await?;
    let answers = |model: &Model| model.purpose == ModelPurpose::Answers;
    models.retain(|model| answers(model) && model.present && model.consent != Consent::Needed);
    Ok(models)
}

/// The models that make vectors and that the key reaches, the bundled one first.
pub(crate) async fn embedders(shared: &Shared, caller: &Caller) -> Result<Vec<EmbeddingModel>> {
    let mut models = shared.app.embedding_models().await?;
    models.retain(|model| reaches(caller, model));
    Ok(models)
}

fn reaches(caller: &Caller, model: &EmbeddingModel) -> bool {
    let id = ModelId(model.id.clone());
    caller.grant().is_none_or(|it| it.opens(PortScope::Embeddings) && it.allows_model(&id))
}

/// The one of them that is named by its id.
pub(crate) async fn named_embedder(
    shared: &Shared,
    caller: &Caller,
    name: &str,
) -> Result<Option<EmbeddingModel>> {
    let mut models = embedders(shared, caller).await?.into_iter();
    Ok(models.find(|model| model.id == plain(name)))
}

/// One of them by any of its names; `default` is the first.
pub(crate) async fn find_embedder(
    shared: &Shared,
    caller: &Caller,
    name: &str,
) -> Result<EmbeddingModel> {
    let name = plain(name);
    let named = |model: &EmbeddingModel| name == DEFAULT || model.id == name || model.name == name;
    // Who asks for the bundled one does not wait for a list of all files.
    let bundled = shared.app.embedding_model().filter(|model| reaches(caller, model));
    if let Some(bundled) = bundled.filter(named) {
        return Ok(bundled);
    }
    embedders(shared, caller).await?.into_iter().find(named).ok_or_else(unknown)
}

/// A model that is not there.
fn unknown() -> Refusal {
    let text = "there is no model of that name; GET /v1/models lists those there are";
    Refusal::from(ApiError::new(ErrorCode::ModelNotFound, text)).at("model")
}

/// The name without a tag.
fn plain(name: &str) -> &str {
    name.strip_suffix(TAG).unwrap_or(name)
}
