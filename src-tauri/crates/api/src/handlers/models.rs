//! The models: list, add, allow, load, remove.

use std::path::PathBuf;

use hearth_app::{ModelTemplate, WantedBy};
use hearth_domain::{FoundModel, Model, ModelChoice, ModelEstimate, ModelId, ModelSpeed, Settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Caller, Cx, Result};

/// Adds a GGUF from this computer; the file stays where it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelAddReq {
    /// Its absolute path.
    pub path: PathBuf,
}

/// Names a model.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelRef {
    /// Which.
    pub id: ModelId,
}

/// Loads a model.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ModelLoadReq {
    /// Which; the default one unless given.
    #[ts(optional)]
    pub id: Option<ModelId>,
}

/// Unloads a model.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ModelUnloadReq {
    /// Which; all that are loaded unless given.
    #[ts(optional)]
    pub id: Option<ModelId>,
}

/// Forgets a model.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelRemoveReq {
    /// Which.
    pub id: ModelId,
    /// Delete its file too, where that lies in Hearth's own folder.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub delete_file: bool,
}

/// Asks what a model would take.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelEstimateReq {
    /// Which.
    pub id: ModelId,
    /// At so many tokens; at those that it would get unless given.
    #[serde(default)]
    #[ts(optional)]
    pub context: Option<u32>,
}

/// Says how a model is to be run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelConfigureReq {
    /// Which.
    pub id: ModelId,
    /// How.
    pub choice: ModelChoice,
}

/// Names a model file of another application.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct FoundModelRef {
    /// Its name in the list of those that were found.
    pub id: String,
}

pub(crate) async fn model_list(cx: &Cx, _: Empty) -> Result<Vec<Model>> {
    Ok(cx.app.allowed_models(cx.grant()).await?)
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
    let id = cx.app.allowed_model(cx.grant(), request.id)?;
    cx.app.model_load(id, WantedBy::of(cx.grant())).await?;
    Ok(Empty {})
}

pub(crate) async fn model_unload(cx: &Cx, request: ModelUnloadReq) -> Result<Empty> {
    cx.app.model_unload(cx.grant(), request.id).await?;
    Ok(Empty {})
}

pub(crate) async fn model_remove(cx: &Cx, request: ModelRemoveReq) -> Result<Empty> {
    cx.app.model_remove(request.id, request.delete_file).await?;
    Ok(Empty {})
}

pub(crate) async fn model_verify(cx: &Cx, request: ModelRef) -> Result<Model> {
    Ok(cx.app.model_verify(request.id).await?)
}

pub(crate) async fn model_set_default(cx: &Cx, request: ModelRef) -> Result<Settings> {
    Ok(cx.app.model_set_default(request.id).await?)
}

pub(crate) async fn model_estimate(cx: &Cx, request: ModelEstimateReq) -> Result<ModelEstimate> {
    cx.app.allowed_model(cx.grant(), Some(request.id.clone()))?;
    Ok(cx.app.model_estimate(request.id, request.context).await?)
}

pub(crate) async fn model_template(cx: &Cx, request: ModelRef) -> Result<ModelTemplate> {
    Ok(cx.app.model_template(request.id).await?)
}

pub(crate) async fn model_configure(cx: &Cx, request: ModelConfigureReq) -> Result<Model> {
    Ok(cx.app.model_configure(request.id, request.choice).await?)
}

pub(crate) async fn model_try(cx: &Cx, request: ModelRef) -> Result<Model> {
    Ok(cx.app.model_try(request.id).await?)
}

pub(crate) async fn model_found(cx: &Cx, _: Empty) -> Result<Vec<FoundModel>> {
    Ok(cx.app.model_found().await?)
}

pub(crate) async fn model_take(cx: &Cx, request: FoundModelRef) -> Result<Model> {
    let consented = cx.caller == Caller::Terminal;
    Ok(cx.app.model_take(request.id, consented).await?)
}

pub(crate) async fn model_speeds(cx: &Cx, request: ModelRef) -> Result<Vec<ModelSpeed>> {
    cx.app.allowed_model(cx.grant(), Some(request.id.clone()))?;
    Ok(cx.app.model_speeds(request.id).await?)
}

pub(crate) async fn model_bench(cx: &Cx, request: ModelLoadReq) -> Result<ModelSpeed> {
    Ok(cx.app.model_bench(request.id).await?)
}
