//! Models by the names that programs give them.

use hearth_api::ApiError;
use hearth_app::App;
use hearth_domain::{Consent, ErrorCode, Model, ModelId};

use super::{Refusal, Result};

/// The name by which a program asks for the default model, whichever it is.
pub(crate) const DEFAULT: &str = "default";
/// What programs written for Ollama put behind a name.
const TAG: &str = ":latest";

/// The model that a request names by its id or by what lists show; `None` is the default one.
pub(crate) async fn resolve(app: &App, name: &str) -> Result<Option<ModelId>> {
    if plain(name) == DEFAULT {
        return Ok(None);
    }
    match app.model_named(plain(name)).await? {
        Some(id) => Ok(Some(id)),
        None => Err(unknown()),
    }
}

/// A model that may be used, with all that lists show of it.
pub(crate) async fn find(app: &App, name: &str) -> Result<Model> {
    let name = plain(name);
    let named = |model: &Model| {
        model.id.0 == name || model.name == name || (name == DEFAULT && model.is_default)
    };
    usable(app).await?.into_iter().find(named).ok_or_else(unknown)
}

/// Models whose file is there and that the person allowed.
pub(crate) async fn usable(app: &App) -> Result<Vec<Model>> {
    let mut models = app.model_list().await?;
    models.retain(|model| model.present && model.consent != Consent::Needed);
    Ok(models)
}

/// A model that is not there.
pub(crate) fn unknown() -> Refusal {
    let text = "there is no model of that name; GET /v1/models lists those there are";
    Refusal::from(ApiError::new(ErrorCode::ModelNotFound, text)).at("model")
}

/// The name without a tag.
pub(crate) fn plain(name: &str) -> &str {
    name.strip_suffix(TAG).unwrap_or(name)
}
