//! The models: list, add, allow, load, remove.

use std::path::PathBuf;

use hearth_domain::{Model, ModelId, Settings};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Caller, Cx, Result};

/// Adds a GGUF from this computer; the file stays where it is.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelAddReq {
    /// Its absolute path.
    pub path: PathBuf,
}

/// Names a model.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelRef {
    /// Which.
    pub id: ModelId,
}

/// Loads a model.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ModelLoadReq {
    /// Which; the default one unless given.
    #[ts(optional)]
    pub id: Option<ModelId>,
}

pub(crate) async fn model_list(cx: &Cx, _: Empty) -> Result<Vec<Model>> {
    Ok(cx.app.model_list().await?)
}

pub(crate) async fn model_add(cx: &Cx, request: ModelAddReq) -> Result<Model> {
    // Naming a path on the command line is the person's consent; a window asks.
    let consented = cx.caller == Caller::Terminal;
    Ok(cx.app.model_add(request.path, consented).await?)
}

pub(crate) async fn model_pick(cx: &Cx, _: Empty) -> Result<Option<Model>> {
    cx.host.pick_model(&cx.app).await
}

pub(crate) async fn model_consent(cx: &Cx, request: ModelRef) -> Result<Model> {
    Ok(cx.app.model_consent(request.id).await?)
}

pub(crate) async fn model_load(cx: &Cx, request: ModelLoadReq) -> Result<Empty> {
    cx.app.model_load(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn model_unload(cx: &Cx, _: Empty) -> Result<Empty> {
    cx.app.model_unload().await;
    Ok(Empty {})
}

pub(crate) async fn model_remove(cx: &Cx, request: ModelRef) -> Result<Empty> {
    cx.app.model_remove(request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn model_verify(cx: &Cx, request: ModelRef) -> Result<Model> {
    Ok(cx.app.model_verify(request.id).await?)
}

pub(crate) async fn model_set_default(cx: &Cx, request: ModelRef) -> Result<Settings> {
    Ok(cx.app.model_set_default(request.id).await?)
}
