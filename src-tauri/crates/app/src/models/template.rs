//! The chat template that a model file brings, for a person who is asked whether they trust the file: it can
//! put words before the model that nobody typed (AC-16). Not how it is rendered.

use hearth_domain::ModelId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{App, Error, Result, db::blocking};

/// Bytes of a template that are shown; those that are known have a tenth of that.
const SHOWN: usize = 64 << 10;

/// A chat template as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ModelTemplate {
    /// Its text; none where the file brings none and the built-in one is used.
    pub text: Option<String>,
    /// Whether it is one that was looked at.
    pub known: bool,
    /// Whether there is more than is shown.
    pub cut: bool,
}

impl App {
    /// The chat template of a model.
    ///
    /// # Errors
    /// An unknown model, a missing file, or one that is no sound model.
    pub async fn model_template(&self, id: ModelId) -> Result<ModelTemplate> {
        let path = self.candidate(&id).await?.path.ok_or(Error::ModelFileMissing)?;
        let engine = self.engine.clone();
        let found = blocking(move || engine.template(&path)).await?;
        Ok(found.map_or(ModelTemplate { text: None, known: true, cut: false }, |own| {
            let end = own.source.floor_char_boundary(SHOWN);
            let (known, cut) = (own.known, end < own.source.len());
            ModelTemplate { text: Some(own.source[..end].to_owned()), known, cut }
        }))
    }
}
