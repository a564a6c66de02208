//! Personas.

use hearth_domain::{Persona, PersonaDraft, PersonaId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Empty;
use crate::{Cx, Result};

/// Names a persona.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PersonaRef {
    /// Which.
    pub id: PersonaId,
}

/// Changes a persona.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PersonaUpdateReq {
    /// Which.
    pub id: PersonaId,
    /// What it is from now on.
    pub draft: PersonaDraft,
}

pub(crate) async fn persona_list(cx: &Cx, _: Empty) -> Result<Vec<Persona>> {
    Ok(cx.app.persona_list().await?)
}

pub(crate) async fn persona_create(cx: &Cx, draft: PersonaDraft) -> Result<Persona> {
    Ok(cx.app.persona_create(draft).await?)
}

pub(crate) async fn persona_update(cx: &Cx, request: PersonaUpdateReq) -> Result<Persona> {
    Ok(cx.app.persona_update(request.id, request.draft).await?)
}

pub(crate) async fn persona_delete(cx: &Cx, request: PersonaRef) -> Result<Empty> {
    cx.app.persona_delete(request.id).await?;
    Ok(Empty {})
}
