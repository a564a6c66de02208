//! A model as lists and pages show it.

use std::sync::Arc;

use hearth_domain::{Fit, Model, ModelChoice, ModelId, ModelPurpose, ModelSource, ModelSpeed};
use hearth_engine::{ModelFacts, Room};

use super::{candidate::Candidate, plan::Plan, speed, verdict::Known};
use crate::{App, Error, Result, db::blocking};

/// What the database knows of one model.
struct Row {
    candidate: Candidate,
    known: Known,
    choice: ModelChoice,
    speed: Option<ModelSpeed>,
}

impl App {
    /// Every model that is known, the bundled one first.
    ///
    /// # Errors
    /// A database that cannot be read.
    pub async fn model_list(&self) -> Result<Vec<Model>> {
        let default = self.default_model()?;
        let candidates = self.candidates().await?;
        let machine = speed::machine();
        let rows = self
            .db
            .read(move |r| {
                let rows = candidates.into_iter().map(|candidate| {
                    let speeds = r.model_speeds(&candidate.sha256, &machine)?;
                    Ok(Row {
                        known: Known::read(r, &candidate)?,
                        choice: r.model_choice(&candidate.id)?,
                        speed: speeds.last().and_then(speed::to_speed),
                        candidate,
                    })
                });
                rows.collect::<hearth_store::Result<Vec<_>>>()
            })
            .await?;
        let (engine, heads) = (self.engine.clone(), Arc::clone(&self.heads));
        let rows = blocking(move || {
            let facts = rows.into_iter().map(|row| {
                let path = row.candidate.path.as_deref().filter(|path| path.is_file());
                let facts = path.and_then(|path| heads.of(&engine, path));
                (row, facts)
            });
            Ok::<_, Error>(facts.collect::<Vec<_>>())
        })
        .await?;
        let (room, states) = (self.room(), self.engine_states());
        let described = rows.into_iter().map(|(row, facts)| {
            let id = &row.candidate.id;
            let is_loaded = states.iter().any(|it| it.loaded().is_some_and(|(it, _)| it == id));
            let is_default = row.candidate.id == default;
            self.describe(row, facts.as_ref(), room, is_loaded, is_default)
        });
        Ok(described.collect())
    }

    pub(super) async fn model(&self, id: &ModelId) -> Result<Model> {
        let all = self.model_list().await?;
        all.into_iter().find(|model| model.id == *id).ok_or(Error::ModelNotFound)
    }

    fn describe(
        &self,
        row: Row,
        facts: Option<&ModelFacts>,
        room: Room,
        is_loaded: bool,
        is_default: bool,
    ) -> Model {
        let Row { candidate, known, choice, speed } = row;
        let path = candidate.path.clone().unwrap_or_default();
        let ours = candidate.source == ModelSource::File && self.is_ours(&path);
        let spec = self.spec(&candidate, path, &choice, known.footprint, None);
        let estimate = facts.cloned().map(|facts| Plan { spec, facts, room }.estimate(None));
        let text =
            |of: fn(&ModelFacts) -> &String| facts.map_or_else(String::new, |f| of(f).clone());
        Model {
            id: candidate.id,
            name: candidate.name,
            source: candidate.source,
            consent: candidate.consent,
            size: facts.map_or(0, |f| f.file_size),
            architecture: text(|f| &f.architecture),
            quantisation: text(|f| &f.quantisation),
            parameters: facts.map(|f| f.parameters),
            context_length: facts.map_or(0, |f| f.context_length),
            purpose: facts.map_or(ModelPurpose::Answers, |facts| facts.purpose),
            dimensions: facts.and_then(|f| f.dimensions),
            licence: candidate.licence.or_else(|| facts.and_then(|f| f.licence.clone())),
            memory_needed: estimate.map_or(0, |estimate| estimate.needed),
            context: estimate.map_or(0, |estimate| estimate.memory.context),
            fit: match estimate {
                // It is in memory already.
                _ if is_loaded => Fit::Fits,
                Some(estimate) => estimate.fit,
                None => Fit::Fits,
            },
            verdict: known.verdict,
            origin: candidate.kept.origin,
            ours,
            choice,
            speed,
            present: facts.is_some(),
            is_default,
        }
    }
}
