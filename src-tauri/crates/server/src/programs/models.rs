//! Models by the names that programs give them.

use std::sync::Arc;

use hearth_api::{ApiError, Caller};
use hearth_app::EmbeddingModel;
use hearth_domain::{Consent, ErrorCode, Model, ModelId, PortScope};

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

/// Models whose file is there, that the person allowed, and that the key reaches.
pub(crate) async fn usable(shared: &Shared, caller: &Caller) -> Result<Vec<Model>> {
    let mut models = shared.app.allowed_models(caller.grant().map(Arc::as_ref)).await?;
    models.retain(|model| model.present && model.consent != Consent::Needed);
    Ok(models)
}

/// The embedder, where the key reaches it.
pub(crate) fn embedder(shared: &Shared, caller: &Caller) -> Option<EmbeddingModel> {
    let reaches = |model: &EmbeddingModel| {
        let id = ModelId(model.id.clone());
        caller.grant().is_none_or(|it| it.opens(PortScope::Embeddings) && it.allows_model(&id))
    };
    shared.app.embedding_model().filter(reaches)
}

/// The embedder, where it is named by its id.
pub(crate) fn named_embedder(
    shared: &Shared,
    caller: &Caller,
    name: &str,
) -> Option<EmbeddingModel> {
    embedder(shared, caller).filter(|model| model.id == plain(name))
}

/// The embedder by any of its names.
pub(crate) fn find_embedder(
    shared: &Shared,
    caller: &Caller,
    name: &str,
) -> Result<EmbeddingModel> {
    let name = plain(name);
    let named = |model: &EmbeddingModel| name == DEFAULT || model.id == name || model.name == name;
    embedder(shared, caller).filter(named).ok_or_else(unknown)
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
