//! How a model would be run, and whether that fits: known before it is loaded.

use hearth_domain::{EngineState, Fit, ModelChoice, ModelEstimate, ModelId, ModelPurpose};
use hearth_engine::{Footprint, ModelFacts, ModelSpec, Room, Tuning};

use super::{
    candidate::Candidate,
    stay::{Held, budget, who_stays},
};
use crate::{App, Error, Result, db::blocking, figures::memory_of};

/// What is needed to load a model, and to say what that takes.
pub(super) struct Plan {
    pub(super) spec: ModelSpec,
    pub(super) facts: ModelFacts,
    pub(super) room: Room,
}

impl Plan {
    /// Its memory at a context; `None` stands for the one it would get.
    pub(super) fn estimate(&self, context: Option<u32>) -> ModelEstimate {
        let footprint = self.spec.footprint.unwrap_or(self.facts.footprint);
        let context = context.unwrap_or_else(|| self.context(&footprint));
        let memory = footprint.at(context);
        let needed = memory.total();
        ModelEstimate {
            memory,
            needed,
            available: self.room.available,
            fit: self.room.fit(needed),
            largest_context: footprint
                // What is free changes from one moment to the next.
                .context_within(self.room.most() / 20 * 19)
                .map(|most| most.min(self.facts.context_length.max(256))),
            exact: self.spec.footprint.is_some(),
        }
    }

    /// Refuses a model that is for something else.
    pub(super) fn check_purpose(&self, wanted: ModelPurpose) -> Result<()> {
        if self.facts.purpose == wanted { Ok(()) } else { Err(Error::ModelPurpose) }
    }

    fn context(&self, footprint: &Footprint) -> u32 {
        if self.facts.purpose != ModelPurpose::Answers {
            return self.facts.text_limit(self.spec.n_ctx);
        }
        match self.spec.n_ctx {
            0 => self.facts.auto_context(self.spec.parallel, footprint, &self.room),
            asked => asked,
        }
    }

    /// Refuses what does not fit.
    pub(super) fn check(&self) -> Result<()> {
        let estimate = self.estimate(None);
        if estimate.fit != Fit::TooBig {
            return Ok(());
        }
        Err(Error::ModelTooBig {
            needed: estimate.needed,
            available: estimate.available,
            context: estimate.memory.context,
            largest: estimate.largest_context.filter(|most| *most < estimate.memory.context),
        })
    }
}

impl App {
    /// The plan for a model whose file is there.
    pub(super) async fn plan(&self, candidate: &Candidate) -> Result<Plan> {
        let path = candidate.file()?;
        let known = self.known(candidate).await?;
        let choice = self.model_choice(&candidate.id).await?;
        let tuning = self.tuning(candidate).await?;
        let engine = self.engine.clone();
        let file = path.clone();
        let facts = blocking(move || engine.inspect(&file)).await?;
        let spec = self.spec(candidate, path, &choice, known.footprint, tuning);
        Ok(Plan { spec, facts, room: self.room() })
    }

    pub(super) fn spec(
        &self,
        candidate: &Candidate,
        path: std::path::PathBuf,
        choice: &ModelChoice,
        footprint: Option<Footprint>,
        tuning: Option<Tuning>,
    ) -> ModelSpec {
        let settings = self.settings().model;
        let config = &self.config;
        let context = config.context_size.or(choice.context).unwrap_or(settings.context_size);
        ModelSpec {
            id: candidate.id.clone(),
            name: candidate.name.clone(),
            path,
            n_ctx: context,
            parallel: config.parallel.unwrap_or(settings.parallel),
            threads: config.threads.or(choice.threads).unwrap_or(settings.threads),
            footprint,
            tuning,
        }
    }

    /// What is free for a model: what the loaded ones take is given back where that is needed.
    pub(super) fn room(&self) -> Room {
        Room::read().with_returned(memory_of(&self.engine_states()).total)
    }

    /// Which of the loaded models stay beside one that is loaded by this plan.
    pub(super) async fn who_stays(&self, plan: &Plan) -> Result<Vec<ModelId>> {
        let states = self.engine_states();
        let mut held = Held::all(&states);
        for state in &states {
            if let EngineState::Loading { model, .. } = state {
                let coming = self.plan(&self.candidate(model).await?).await?;
                held.push(Held::coming(model.clone(), coming.estimate(None).needed));
            }
        }
        held.retain(|one| !one.is(&plan.spec.id));
        let room = Room::read();
        let budget = budget(self.settings().model.memory_mib, &room);
        Ok(who_stays(held, plan.estimate(None).needed, room, budget))
    }

    /// What a model would take at a context (the one it would get unless given) beside what is
    /// free.
    ///
    /// # Errors
    /// An unknown model, one whose file is missing or broken, a context out of range.
    pub async fn model_estimate(&self, id: ModelId, context: Option<u32>) -> Result<ModelEstimate> {
        if context.is_some_and(|tokens| !(256..=1_048_576).contains(&tokens)) {
            return Err(Error::OutOfRange("context"));
        }
        let candidate = self.candidate(&id).await?;
        Ok(self.plan(&candidate).await?.estimate(context))
    }

    /// How the person wants a model to be run.
    pub(super) async fn model_choice(&self, id: &ModelId) -> Result<ModelChoice> {
        let id = id.clone();
        self.db.read(move |r| r.model_choice(&id)).await
    }

    /// Keeps how the person wants a model to be run; it holds from the next load on, sampling from
    /// the next answer.
    ///
    /// # Errors
    /// An unknown model, a value out of range, or a database that cannot be written.
    pub async fn model_configure(
        &self,
        id: ModelId,
        choice: ModelChoice,
    ) -> Result<hearth_domain::Model> {
        self.check_open()?;
        self.candidate(&id).await?;
        choice.validate().map_err(Error::OutOfRange)?;
        let model = id.clone();
        self.db.write(move |w| w.model_choose(&model, &choice)).await?;
        self.model(&id).await
    }
}
